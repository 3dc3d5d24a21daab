import type { Clock, Random, StateStore } from '@heddle/core';
import type { DnsRecord } from './map/map-source.js';
import type { Policy } from './registry/policy.js';

/** A pre-auth key to make. */
export interface AuthKeyOptions {
  /** Its text. Default: a random one. */
  readonly key?: string;
  /** Owner of the nodes. Default: `user@devnet`. */
  readonly user?: string;
  /** `tag:…` of the nodes. Default: none. */
  readonly tags?: readonly string[];
  /** For more than one node. Default: true. */
  readonly reusable?: boolean;
  /** Nodes are forgotten when they have been away for a while. Default: false. */
  readonly ephemeral?: boolean;
  /** Milliseconds for which it is good. Default: for ever. */
  readonly lifetime?: number;
}

export interface DevnetOptions {
  /** Where its servers listen, and what nodes dial. Default: `127.0.0.1`. */
  readonly address?: string;
  /** TCP port of the control server; 0: any. Default: 0. */
  readonly port?: number;
  /** TCP port of the relay; 0: any. Default: 0. */
  readonly derpPort?: number;
  /** UDP port of the STUN server; 0: any. Default: 0. */
  readonly stunPort?: number;
  /** Domain of the tailnet. Default: `devnet.internal`. */
  readonly domain?: string;
  /** Records beside those of the nodes. Default: none. */
  readonly records?: readonly DnsRecord[];
  /** Name servers for everything else. Default: the nodes' own. */
  readonly resolvers?: readonly string[];
  /** Who may reach whom. Default: everybody everything. */
  readonly policy?: Policy;
  /** Keys that are there from the beginning. Default: none. */
  readonly authKeys?: readonly AuthKeyOptions[];
  /** So many nodes that only exist on paper. Default: 0. */
  readonly synthetic?: number;
  /** Where it goes on from after a restart, such as fileStore() of @heddle/core/node. Default: memory. */
  readonly state?: StateStore;
  /** Milliseconds after which a node without a stream counts as offline. Default: 5000. */
  readonly offlineAfter?: number;
  /** Milliseconds after which an ephemeral node that is away is forgotten. Default: 120000. */
  readonly forgetAfter?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
}

/** Region of the one relay. */
export const REGION = 900;
export const DEFAULT_USER = 'user@devnet';
