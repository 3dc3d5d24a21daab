import type { DnsConfig } from '@heddle/core';
import type { PresharedKey, PrivateKey, PublicKey } from '@heddle/crypto';

/** One peer, as a person writes it. */
export interface StaticPeerConfig {
  /** Base64, 64 hexadecimal digits, `nodekey:…`, or a key object. */
  readonly publicKey: string | PublicKey;
  /** By which the node finds the peer. Default: none. */
  readonly name?: string;
  /** Prefixes whose packets come from, and go to, this peer; a bare address means one host. */
  readonly allowedIps: readonly string[];
  /** What the name resolves to. Default: the allowed IPs that are one host each. */
  readonly addresses?: readonly string[];
  /** `host:port`, `192.0.2.1:51820`, `[2001:db8::1]:51820`, or the remote text of any Bind, such as `mem:b`. Default: wait to be called. */
  readonly endpoint?: string;
  /** Base64, 64 hexadecimal digits, or a key object. Default: none. */
  readonly presharedKey?: string | PresharedKey;
  /** Seconds from 0 to 65535. Default 0: off. */
  readonly persistentKeepalive?: number;
}

/** One interface and its peers, as a person writes them. */
export interface StaticConfig {
  /** Base64, 64 hexadecimal digits, `privkey:…`, or a key object; null: none yet, until UAPI text brings one. */
  readonly privateKey: string | PrivateKey | null;
  /** Default: none. */
  readonly name?: string;
  /** Own addresses with prefix length; a bare address is a prefix of one host. Default: none. */
  readonly addresses?: readonly string[];
  /** For Binds with sockets. Default: what the Bind chooses. */
  readonly listenPort?: number;
  /** Default: core's, 1420. */
  readonly mtu?: number;
  readonly dns?: Partial<DnsConfig>;
  /** SO_MARK of the sockets. Default: none. */
  readonly fwmark?: number;
  /** Default: none. A prefix listed for two peers belongs to the last. */
  readonly peers?: readonly StaticPeerConfig[];
}
