import type { Interfaces } from '@heddle/core';
import type { UdpOptions } from './options.js';

/** Addresses of the host where sockets bound like this may be reached: no loopback, no link-local. Sorted, so that equal lists are equal texts. */
export function boundPlaces(interfaces: Interfaces, bound: UdpOptions['addresses'] = {}): readonly string[] {
  const reachable = interfaces.list().filter((each) => !each.loopback && !isLinkLocal(each.address));
  const open = reachable.map((each) => each.address).filter((address) => isAny(address.includes(':') ? bound.v6 : bound.v4));
  const named = [bound.v4, bound.v6].filter((address) => address !== undefined && !isAny(address)) as string[];
  return [...open, ...named].sort();
}

function isAny(address: string | undefined): boolean {
  return address === undefined || address === '0.0.0.0' || address === '::';
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(address);
}
