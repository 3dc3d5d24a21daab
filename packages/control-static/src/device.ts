import type { DnsConfig } from '@heddle/core';
import type { Bytes, PrivateKey } from '@heddle/crypto';
import type { Endpoint } from './endpoint.js';

/** What can be said about a peer apart from its prefixes, checked and in canonical form. */
export interface PeerSettings {
  readonly name: string;
  /** Undefined: the allowed IPs that are one host each. */
  readonly addresses: readonly string[] | undefined;
  readonly endpoint: Endpoint | undefined;
  readonly presharedKey: Bytes | undefined;
  /** Seconds; 0: off. */
  readonly persistentKeepalive: number;
}

/** One peer. Immutable: a change is a new object. */
export interface PeerEntry extends PeerSettings {
  /** Its public key in base64. */
  readonly id: string;
  readonly nodeKey: Bytes;
  /** Canonical, in the order in which they were given. */
  readonly allowedIps: readonly string[];
}

/** What can be said about the own side, checked and in canonical form. */
export interface InterfaceEntry {
  readonly privateKey: PrivateKey<'node'> | null;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly listenPort: number | undefined;
  readonly mtu: number | undefined;
  readonly dns: DnsConfig | undefined;
  /** 0 takes a mark away; undefined says nothing. */
  readonly fwmark: number | undefined;
}

/** A whole configuration, checked. */
export interface Device {
  readonly self: InterfaceEntry;
  readonly peers: readonly PeerEntry[];
}

export const NO_SETTINGS: PeerSettings = {
  name: '',
  addresses: undefined,
  endpoint: undefined,
  presharedKey: undefined,
  persistentKeepalive: 0,
};

/** Peers of one configuration; as many as the engine takes. */
export const MOST_PEERS = 65_536;
