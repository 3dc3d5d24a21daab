import type { LocalEndpoint, PeerService, SelfUpdate } from '@heddle/core';

/** What a node tells its server about the machine, in the server's words. Always sent whole: servers take a missing field as emptied. */
export interface Hostinfo {
  readonly Hostname: string;
  readonly OS: string;
  readonly OSVersion?: string;
  readonly Machine?: string;
  readonly App: string;
  readonly IPNVersion: string;
  readonly RoutableIPs?: readonly string[];
  readonly RequestTags?: readonly string[];
  readonly Services?: readonly { readonly Proto: string; readonly Port: number; readonly Description?: string }[];
  readonly ShieldsUp?: boolean;
  readonly IngressEnabled?: boolean;
  readonly WireIngress?: boolean;
  readonly Userspace?: boolean;
  readonly NetInfo: { readonly PreferredDERP: number };
}

/** What stays as it is while a node runs. */
export interface HostFacts {
  readonly hostname: string;
  readonly os: string;
  readonly osVersion?: string;
  readonly machine?: string;
  readonly tags: readonly string[];
}

/** The program's name and version, as peers and servers show it. */
const APP = 'heddle';
const VERSION = '1.80.0-heddle';

export function hostinfoOf(facts: HostFacts, published: SelfUpdate): Hostinfo {
  return {
    Hostname: published.hostname || facts.hostname,
    OS: facts.os,
    ...(facts.osVersion !== undefined && { OSVersion: facts.osVersion }),
    ...(facts.machine !== undefined && { Machine: facts.machine }),
    App: APP,
    IPNVersion: VERSION,
    ...(published.routes !== undefined && { RoutableIPs: published.routes }),
    ...(facts.tags.length > 0 && { RequestTags: facts.tags }),
    ...(published.services !== undefined && { Services: published.services.map(encodeService) }),
    ...(published.ingress === 'on' && { IngressEnabled: true }),
    ...(published.ingress === 'prepared' && { WireIngress: true }),
    ...(published.shieldsUp === true && { ShieldsUp: true }),
    NetInfo: { PreferredDERP: regionOf(published.homeRelay) },
  };
}

function encodeService({ protocol, port, description }: PeerService): NonNullable<Hostinfo['Services']>[number] {
  return { Proto: protocol, Port: port, ...(description !== undefined && { Description: description }) };
}

/** The region of a relay's remote text, `derp:900` or `derp:900/…`; 0: not known. */
function regionOf(relay: string | undefined): number {
  return Number(/^derp:(\d{1,9})(\/|$)/.exec(relay ?? '')?.[1] ?? 0);
}

/** `Endpoints` and `EndpointTypes` of a map request: two lists of the same length. */
export interface EndpointLists {
  readonly Endpoints: readonly string[];
  readonly EndpointTypes: readonly number[];
}

const TYPES: Readonly<Record<LocalEndpoint['kind'], number | undefined>> = { local: 1, stun: 2, mapped: 3, explicit: 5, relay: undefined };
/** Servers pass each on to every peer. */
const MOST_ENDPOINTS = 64;

export function endpointListsOf(endpoints: readonly LocalEndpoint[]): EndpointLists {
  const direct = endpoints
    .flatMap(({ remote: { ip }, kind }) =>
      ip === undefined || TYPES[kind] === undefined ? [] : [{ text: addressText(ip), type: TYPES[kind] }],
    )
    .slice(0, MOST_ENDPOINTS);
  return { Endpoints: direct.map(({ text }) => text), EndpointTypes: direct.map(({ type }) => type) };
}

function addressText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
