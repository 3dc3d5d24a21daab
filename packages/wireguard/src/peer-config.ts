import type { Bytes } from '@heddle/crypto';
import { formatPrefix, type Prefix, parsePrefix } from '@heddle/wire';
import type { PeerConfig } from './contract.js';
import { WireGuardError } from './errors.js';
import type { TextSet } from './text-set.js';

const KEY = 32;
const LONGEST_KEEPALIVE = 0xffff;

/** 32 zero bytes: none. One for all peers, never written. */
export const NO_PRESHARED_KEY: Bytes = new Uint8Array(KEY);

/** A prefix by its canonical text. */
export interface ReadPrefix {
  readonly text: string;
  /** Undefined: it was known and not read again. */
  readonly prefix: Prefix | undefined;
}

/** In the order given; one that is given twice may be there twice. */
export type ReadPrefixes = readonly ReadPrefix[];

/** What a configuration says, once everything in it is known to be right. */
export interface CheckedConfig {
  readonly prefixes: ReadPrefixes;
  readonly presharedKey: Bytes;
  /** Milliseconds. */
  readonly persistentKeepalive: number;
}

/** Throws a coded error that names the first thing wrong. `known` are canonical texts of prefixes, which need no reading again. */
export function checkConfig(config: PeerConfig, known: Pick<TextSet, 'has'>): CheckedConfig {
  requireKey('publicKey', config.publicKey);
  const { presharedKey } = config;
  if (presharedKey !== undefined) requireKey('presharedKey', presharedKey);
  return {
    prefixes: readPrefixes(config.allowedIps, known),
    presharedKey: presharedKey?.slice() ?? NO_PRESHARED_KEY,
    persistentKeepalive: 1000 * checkKeepalive(config.persistentKeepalive ?? 0),
  };
}

/** Throws unless the key has 32 bytes. The key itself is never shown. */
export function requireKey(name: string, key: Bytes): void {
  if (key.length === KEY) return;
  throw new WireGuardError('HEDDLE_WIREGUARD_KEY', `${name} must have ${KEY} bytes, not ${key.length}`);
}

/** Throws a coded error that names the first one that is no prefix. */
export function readPrefixes(texts: readonly string[], known: Pick<TextSet, 'has'>): ReadPrefixes {
  return texts.map((text) => (known.has(text) ? { text, prefix: undefined } : readPrefix(text)));
}

function readPrefix(text: string): ReadPrefix {
  const prefix = parse(text);
  if (isPlainHost(text, prefix)) return { text, prefix };
  const canonical = formatPrefix(prefix);
  // A text of the caller's is there already, and a new one of many pieces is not.
  return { text: canonical === text ? text : canonical, prefix };
}

/** No group is zero, or begins with a zero, but for those that one pair of colons stands for. */
const PLAIN_HOST_6 = /^(?:[1-9a-f][0-9a-f]{0,3}:){1,7}(?::?[1-9a-f][0-9a-f]{0,3})(?::[1-9a-f][0-9a-f]{0,3})*\/128$/;

/** True for most texts of hosts that are canonical, without writing the canonical text; never for another. */
function isPlainHost(text: string, { address, bits }: Prefix): boolean {
  if (address.length === 4) return bits === 32 && text.endsWith('/32');
  if (bits !== 128 || !PLAIN_HOST_6.test(text)) return false;
  return zeroGroups(address) !== 1;
}

function zeroGroups(address: Bytes): number {
  let zeros = 0;
  for (let i = 0; i < address.length; i += 2) if (address[i] === 0 && address[i + 1] === 0) zeros++;
  return zeros;
}

function parse(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw new WireGuardError('HEDDLE_WIREGUARD_PREFIX', `allowed IP "${text}" is not an address or prefix such as 10.0.0.0/24 or fd00::1`);
}

function checkKeepalive(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_KEEPALIVE) return seconds;
  throw new WireGuardError(
    'HEDDLE_WIREGUARD_KEEPALIVE',
    `persistentKeepalive must be whole seconds from 0 to ${LONGEST_KEEPALIVE}, not ${seconds}`,
  );
}
