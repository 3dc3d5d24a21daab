import type { LocalEndpoint } from '@heddle/core';
import type { AddressPort } from '@heddle/wire';
import { addressBytes, isRoutable } from './paths/address-class.js';
import { CALLED_MAX } from './probing/constants.js';

/** The most likely to be reached comes first. */
const ORDER: readonly LocalEndpoint['kind'][] = ['mapped', 'stun', 'explicit', 'local'];

/** Where peers may reach this node, for a call-me-maybe: addresses only, none of the tailnet. */
export function callableEndpoints(endpoints: readonly LocalEndpoint[]): readonly AddressPort[] {
  const ordered = ORDER.flatMap((kind) => endpoints.filter((endpoint) => endpoint.kind === kind));
  const places = ordered.flatMap(({ remote }) => place(remote.ip));
  return places.filter(({ address, port }) => isRoutable(address, port)).slice(0, CALLED_MAX);
}

function place(ip: LocalEndpoint['remote']['ip']): readonly AddressPort[] {
  const address = ip && addressBytes(ip.address);
  return address === undefined ? [] : [{ address, port: ip!.port }];
}

/** What changed between two lists: this machine is somewhere else, or only others see it elsewhere. */
export function endpointChange(before: readonly LocalEndpoint[], after: readonly LocalEndpoint[]): 'moved' | 'endpoints' | undefined {
  const [was, is] = [textsOf(before, 'local'), textsOf(after, 'local')];
  if (was !== '' && is !== '' && was !== is) return 'moved';
  return textsOf(before) === textsOf(after) ? undefined : 'endpoints';
}

function textsOf(endpoints: readonly LocalEndpoint[], kind?: LocalEndpoint['kind']): string {
  const some = endpoints.filter((endpoint) => endpoint.kind !== 'relay' && (kind === undefined || endpoint.kind === kind));
  return some
    .map(({ remote }) => remote.text)
    .sort()
    .join(' ');
}
