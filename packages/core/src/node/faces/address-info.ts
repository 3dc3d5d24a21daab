import type { AddressInfo } from 'node:net';
import type { Address } from '../../contracts/flows.js';

export function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** In the shape and order of Node's. */
export function addressInfo({ address, port }: Address): AddressInfo {
  return { address, family: familyOf(address), port };
}
