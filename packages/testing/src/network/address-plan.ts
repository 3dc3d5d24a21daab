import { HeddleError } from '@heddle/core';
import { formatAddress, type Prefix, parseAddress, parsePrefix, prefixContains } from '@heddle/wire';

/** An address on a LAN with the prefix around it. */
export interface PlannedAddress {
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefixLength: number;
  readonly prefix: Prefix;
}

/** `192.168.1.2/24`; without a length /24 and /64 are meant. */
export function planAddress(text: string): PlannedAddress {
  const bytes = parseAddress(text.split('/')[0]!);
  if (bytes === undefined) throw badAddress(text);
  const prefix = parsePrefix(text.includes('/') ? text : `${text}/${bytes.length === 4 ? 24 : 64}`);
  if (prefix === undefined) throw badAddress(text);
  return { address: formatAddress(bytes), family: bytes.length === 4 ? 4 : 6, prefixLength: prefix.bits, prefix };
}

export function covers(prefix: Prefix, address: string): boolean {
  const bytes = parseAddress(address);
  return bytes !== undefined && prefixContains(prefix, bytes);
}

/** The one text of an address; undefined for a name. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text);
  return bytes && formatAddress(bytes);
}

function badAddress(text: string): HeddleError {
  return new HeddleError('HEDDLE_BAD_ADDRESS', `${text} is not an IP address; write it as 192.168.1.2/24 or fd00::2/64`);
}
