import type { PrivateKey } from '@heddle/crypto';
import type { PeerEntry } from './device.js';

/** One line about a peer, in the order of the text. */
export type PeerStep =
  | { readonly is: 'remove' | 'update-only' | 'replace-allowed-ips' }
  | { readonly is: 'allow' | 'disallow'; readonly prefix: string }
  | { readonly is: 'change'; readonly settings: Partial<Pick<PeerEntry, 'endpoint' | 'presharedKey' | 'persistentKeepalive'>> };

export interface PeerSection {
  readonly id: string;
  readonly nodeKey: PeerEntry['nodeKey'];
  readonly steps: readonly PeerStep[];
}

/** What the lines about the device say. */
export interface DeviceSettings {
  /** null takes the key away. */
  readonly privateKey?: PrivateKey<'node'> | null;
  readonly listenPort?: number;
  readonly fwmark?: number;
}

/** One whole `set=1`. All of it is known to be well-formed, so applying it cannot fail half-way. */
export interface UapiSet {
  readonly device: DeviceSettings;
  readonly replacePeers: boolean;
  readonly peers: readonly PeerSection[];
}
