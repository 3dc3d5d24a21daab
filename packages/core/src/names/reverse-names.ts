import { formatAddress, parseAddress } from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';

const V4 = '.in-addr.arpa';
const V6 = '.ip6.arpa';
/** Of 100.64.0.0/10 and fd7a:115c:a1e0::/48. */
const ZONE_OF_NODES = /(^|\.)((6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.100\.in-addr|0\.e\.1\.a\.c\.5\.1\.1\.a\.7\.d\.f\.ip6)\.arpa$/;
const FOUR_VIA_SIX = parseAddress('fd7a:115c:a1e0:b1a::')!;
const VIA = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})-via-(\d{1,10})$/;

/** The address that a reverse name asks for; undefined for any other name. */
export function addressOfReverse(name: string): string | undefined {
  if (name.endsWith(V4)) return reversed4(name.slice(0, -V4.length));
  if (name.endsWith(V6)) return reversed6(name.slice(0, -V6.length));
  return undefined;
}

/** True for reverse names, also incomplete ones, of the ranges from which nodes get addresses: nobody else knows them. */
export function isReverseOfNodes(name: string): boolean {
  return ZONE_OF_NODES.test(name);
}

/** `1-2-3-4-via-7` is the address 1.2.3.4 behind site 7, as an IPv6 address of the tailnet; undefined for any other label. */
export function viaAddress(label: string): Bytes | undefined {
  const match = VIA.exec(label);
  const site = Number(match?.[5]);
  const inner = match === null ? undefined : parseAddress(match.slice(1, 5).join('.'));
  if (inner === undefined || !(site <= 0xffff_ffff)) return undefined;
  const out = FOUR_VIA_SIX.slice();
  new DataView(out.buffer).setUint32(8, site);
  out.set(inner, 12);
  return out;
}

function reversed4(text: string): string | undefined {
  const address = parseAddress(text.split('.').toReversed().join('.'));
  return address?.length === 4 ? formatAddress(address) : undefined;
}

function reversed6(text: string): string | undefined {
  const digits = text.split('.').toReversed();
  if (digits.length !== 32 || digits.some((digit) => !/^[0-9a-f]$/.test(digit))) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => digits.slice(4 * i, 4 * i + 4).join(''));
  const address = parseAddress(groups.join(':'));
  return address && formatAddress(address);
}
