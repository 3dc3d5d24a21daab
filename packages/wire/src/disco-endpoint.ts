import type { AddressPort } from './address.js';
import { type Bytes, readU16, writeU16 } from './bytes.js';
import { isMapped } from './ipv6-text.js';
import { misuse } from './misuse.js';

/**
 * An address and a port, as disco writes them.
 *
 *   0                                   16
 *   | address; IPv4 as ::ffff:a.b.c.d  | port u16be |
 */
export const DISCO_ENDPOINT = 18;
const PORT_AT = 16;

/** Callers check the length once, at the top. */
export function readDiscoEndpoint(b: Bytes, at: number): AddressPort {
  const whole = b.slice(at, at + PORT_AT);
  return { address: isMapped(whole) ? whole.slice(12) : whole, port: readU16(b, at + PORT_AT) };
}

/** Throws when the address has neither 4 nor 16 bytes. */
export function writeDiscoEndpoint(b: Bytes, at: number, { address, port }: AddressPort): void {
  if (address.length === 16) b.set(address, at);
  else if (address.length === 4) b.set([0xff, 0xff, ...address], at + 10);
  else throw misuse(`an address has 4 or 16 bytes, not ${address.length}`);
  writeU16(b, at + PORT_AT, port);
}

/** As many as there are whole ones from `at` on, at most `limit`. */
export function readDiscoEndpoints(b: Bytes, at: number, limit: number): readonly AddressPort[] {
  const count = Math.max(0, Math.min(limit, Math.floor((b.length - at) / DISCO_ENDPOINT)));
  return Array.from({ length: count }, (_, i) => readDiscoEndpoint(b, at + i * DISCO_ENDPOINT));
}

export function writeDiscoEndpoints(b: Bytes, at: number, endpoints: readonly AddressPort[]): void {
  endpoints.forEach((endpoint, i) => {
    writeDiscoEndpoint(b, at + i * DISCO_ENDPOINT, endpoint);
  });
}
