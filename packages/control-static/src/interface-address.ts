import { formatAddress, formatPrefix, parseAddress, parsePrefix } from '@heddle/wire';

/** An own address with its prefix length, host bits kept: `10.0.0.2/24`; a bare address becomes one host. Undefined for anything else. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text.split('/', 1)[0]!);
  const prefix = parsePrefix(text);
  return address && prefix && `${formatAddress(address)}/${prefix.bits}`;
}

/** A prefix with its host bits cleared; a bare address becomes one host. Undefined for anything else. */
export function canonicalPrefix(text: string): string | undefined {
  const prefix = parsePrefix(text);
  return prefix && formatPrefix(prefix);
}

/** True for a prefix of exactly one host, in canonical text. */
export function isHostPrefix(prefix: string): boolean {
  return prefix.endsWith(prefix.includes(':') ? '/128' : '/32');
}
