import type { LocalEndpoint } from '@heddle/core';
import { type AddressPort, formatAddressPort, parseAddressPort } from '@heddle/wire';
import { addressBytes, isRoutable } from './paths/address-class.js';
import { CALLED_MAX } from './probing/constants.js';

/** The most likely to be reached comes first. */
const ORDER: readonly LocalEndpoint['kind'][] = ['mapped', 'stun', 'explicit', 'local'];

/** What changed between two lists: this machine is somewhere else, or only others see it elsewhere; and where it was. */
export interface EndpointChange {
  readonly type: 'moved' | 'endpoints';
  readonly gone: readonly string[];
}

/** Where this node may be reached, as its Binds say. */
export class OwnEndpoints {
  #endpoints: readonly LocalEndpoint[] = [];
  /** The last that were any: while sockets are replaced there are none, and nobody is anywhere else. */
  #places: readonly string[] = [];

  /** Undefined: nothing has changed. */
  set(endpoints: readonly LocalEndpoint[]): EndpointChange | undefined {
    const before = this.#endpoints;
    const [was, is] = [textsOf(before, 'local'), textsOf(endpoints, 'local')];
    this.#endpoints = endpoints.filter((endpoint) => endpoint.kind === 'local' || !wasLocal(endpoint, before, endpoints));
    const type = was !== '' && is !== '' && was !== is ? 'moved' : 'endpoints';
    const gone = this.#leave();
    return textsOf(before) === textsOf(this.#endpoints) && gone.length === 0 ? undefined : { type, gone };
  }

  /** What a call-me-maybe says: addresses only, none of the tailnet. */
  callable(): readonly AddressPort[] {
    const ordered = ORDER.flatMap((kind) => this.#endpoints.filter((endpoint) => endpoint.kind === kind));
    const places = ordered.flatMap(({ remote }) => place(remote.ip));
    return places.filter(({ address, port }) => isRoutable(address, port)).slice(0, CALLED_MAX);
  }

  /**
   * What is said to a peer that is to forget some places, one call after the other. A tailscaled trusts a place for 6.5 seconds, but gives up at
   * once one that was in the call before and is not in this one.
   */
  calls(gone: readonly string[]): readonly (readonly AddressPort[])[] {
    const now = this.callable();
    const here = new Set(now.map(formatAddressPort));
    const left = gone.filter((text) => !here.has(text)).flatMap((text) => parseAddressPort(text) ?? []);
    return left.length === 0 || now.length === 0 ? [now] : [[...left, ...now].slice(0, CALLED_MAX), now];
  }

  /** The places of before that are none now. */
  #leave(): readonly string[] {
    const places = this.callable().map(formatAddressPort);
    if (places.length === 0) return [];
    const gone = [...new Set(this.#places)].filter((text) => !places.includes(text));
    this.#places = places;
    return gone;
  }
}

/** A place that a server saw, which was this machine's own and is no more: the server has not been asked since. */
function wasLocal({ remote }: LocalEndpoint, before: readonly LocalEndpoint[], now: readonly LocalEndpoint[]): boolean {
  const isLocal = (list: readonly LocalEndpoint[]): boolean =>
    list.some((each) => each.kind === 'local' && each.remote.text === remote.text);
  return isLocal(before) && !isLocal(now);
}

function place(ip: LocalEndpoint['remote']['ip']): readonly AddressPort[] {
  const address = ip && addressBytes(ip.address);
  return address === undefined ? [] : [{ address, port: ip!.port }];
}

function textsOf(endpoints: readonly LocalEndpoint[], kind?: LocalEndpoint['kind']): string {
  const some = endpoints.filter((endpoint) => endpoint.kind !== 'relay' && (kind === undefined || endpoint.kind === kind));
  return some
    .map(({ remote }) => remote.text)
    .sort()
    .join(' ');
}
