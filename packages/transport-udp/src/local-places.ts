import type { Interfaces } from '@heddle/core';

/** Addresses of the host where others may reach it: no loopback, no link-local. Sorted, so that equal lists are equal texts. */
export function localPlaces(interfaces: Interfaces): readonly string[] {
  const reachable = interfaces.list().filter((each) => !each.loopback && !isLinkLocal(each.address));
  return reachable.map((each) => each.address).sort();
}

/** A text that changes when the addresses do. */
export function placesKey(interfaces: Interfaces): string {
  return localPlaces(interfaces).join(' ');
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(address);
}
