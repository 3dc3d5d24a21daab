import { isIPv4, isIPv6 } from 'node:net';
import { formatAddress, formatAddressPort, formatPrefix, parseAddress, parseAddressPort, parsePrefix, prefixContains } from '@heddle/wire';
import { bytesOf, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const WORDS = ['::', 'ffff', '0', '255', '256', '1.2.3.4', '%eth0', '/0', '/33', '/129', '[', ']', ':', '010', 'fe80', '٣'];
const text = (words: readonly string[]): readonly Uint8Array[] => words.map(bytesOf);
const shared = { kind: 'text', longest: 200, words: WORDS } as const;

/** Numeric addresses. Node is asked, too. */
export const addresses: Parser = stateless(
  {
    ...shared,
    name: 'addresses',
    seeds: text(['192.0.2.1', '2001:db8::1', '::', '::ffff:10.0.0.1', '1:2:3:4:5:6:7:8', '64:ff9b::192.0.2.33']),
  },
  (input) => {
    const given = textOf(input);
    const address = parseAddress(given);
    const expected = isIPv4(given) ? 4 : isIPv6(given) && !given.includes('%') ? 16 : undefined;
    promise(address?.length === expected, 'accepts exactly what Node accepts, but for zones');
    if (address !== undefined) promiseSame(parseAddress(formatAddress(address)), address, 'B5: what is read is written and read again');
  },
);

/** Prefixes. */
export const prefixes: Parser = stateless(
  { ...shared, name: 'prefixes', seeds: text(['10.0.0.77/24', '0.0.0.0/0', 'fd00::1/64', '::/0', '192.0.2.1', '2001:db8::/128']) },
  (input) => {
    const prefix = parsePrefix(textOf(input));
    if (prefix === undefined) return;
    promise(prefix.bits >= 0 && prefix.bits <= 8 * prefix.address.length, 'a prefix is as long as an address at most');
    promiseSame(parsePrefix(formatPrefix(prefix)), prefix, 'B5: what is read is written and read again');
    promise(prefixContains(prefix, prefix.address), 'a prefix holds its own address');
  },
);

/** Addresses with a port. */
export const addressPorts: Parser = stateless(
  { ...shared, name: 'address-ports', seeds: text(['192.0.2.1:51820', '[2001:db8::1]:51820', '[::]:0', '0.0.0.0:65535']) },
  (input) => {
    const place = parseAddressPort(textOf(input));
    if (place === undefined) return;
    promise(Number.isInteger(place.port) && place.port >= 0 && place.port <= 0xffff, 'a port is a port');
    promiseSame(parseAddressPort(formatAddressPort(place)), place, 'B5: what is read is written and read again');
  },
);
