import type { Observable } from 'rxjs';
import type { PartContext } from './bind.js';
import type { FlowLayer } from './flows.js';
import type { PacketBatch } from './packets.js';
import type { Health } from './surroundings.js';

export interface StackTraits {
  /** False: wants single packets, so core segments before it delivers. */
  readonly superPackets: boolean;
  /** With superPackets: wants TCP segments of one flow that come in a row joined to super-packets. Their checksums are verified and right. */
  readonly joined?: boolean;
  /** Room that deliver wants in front of each packet. */
  readonly headroom: number;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly search: readonly string[];
}

export interface StackConfig {
  /** Own addresses with prefix length, such as `10.0.0.1/24`. */
  readonly addresses: readonly string[];
  /** Prefixes that lead into the tunnel. */
  readonly routes: readonly string[];
  readonly mtu: number;
  readonly dns?: DnsConfig;
  /** Addresses that stay outside the tunnel although a route covers them: what carries it (relays, control). A Stack without routes of the host ignores them. */
  readonly outside?: readonly string[];
  /** Prefixes behind this node that peers may use through it: what is delivered for them wants to be forwarded. A Stack that cannot drops and counts. */
  readonly forwards?: readonly string[];
}

/**
 * Where clear IP packets come from and go to.
 *
 * Life as of a Bind: made → open → close.
 */
export interface Stack {
  readonly contract: 1;
  readonly traits: StackTraits;
  open(context: PartContext, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Hot, synchronous, never empty, never errors, completes on close. One subscriber: core, which may write into the batch. */
  readonly packets$: Observable<PacketBatch>;
  readonly health$: Observable<Health>;
  /** Synchronous: how many packets were taken, from the first on. Never throws; payload is read-only. Packets it causes are emitted, core queues them. */
  deliver(batch: PacketBatch): number;
  /** While paused the Stack emits nothing new; what it cannot hold back it drops and counts. */
  pause(paused: boolean): void;
  /** Replaces addresses, routes, MTU and DNS as a whole. */
  configure(config: StackConfig): Promise<void>;
  readonly flows?: FlowLayer;
}
