import type { Bytes } from '@heddle/core';
import { SOCKET } from './kernel-numbers.js';

/*
 * struct sockaddr_in and sockaddr_in6. The family is in the order of the host (little-endian), the rest in that of the network.
 *
 *   0        2      4               8                24
 *   | 2      | port | address 4     | 0 ... 16
 *   | 10     | port | flow 4        | address 16     | scope 4 |
 */

const SIZE_4 = 16;
const SIZE_6 = 28;

/** All addresses of the family when `address` has no bytes. */
export function encodeSocketAddress(family: 4 | 6, address: Bytes, port: number, scope = 0): Bytes {
  const b = new Uint8Array(family === 4 ? SIZE_4 : SIZE_6);
  const view = new DataView(b.buffer);
  view.setUint16(0, family === 4 ? SOCKET.FAMILY_4 : SOCKET.FAMILY_6, true);
  view.setUint16(2, port);
  b.set(address, family === 4 ? 4 : 8);
  if (family === 6) view.setUint32(24, scope, true);
  return b;
}

/** Where the bytes of the address begin. */
export const ADDRESS_AT = { 4: 4, 6: 8 } as const;

/** The interface of a link-local IPv6 address; 0: none. */
export function socketAddressScope(b: Bytes): number {
  return new DataView(b.buffer, b.byteOffset, b.byteLength).getUint32(24, true);
}

export function socketAddressSize(family: 4 | 6): number {
  return family === 4 ? SIZE_4 : SIZE_6;
}
