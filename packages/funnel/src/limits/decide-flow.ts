import type { Claim, Flow, NewFlow } from '@heddle/core';
import type { ConnectionCounts } from './connection-counts.js';
import type { ServeLimits } from './serve-limits.js';

export interface PortsGround {
  serves(port: number): boolean;
  /** True for an address of this node: connections that only pass through it are not its own. */
  isOwn(address: string): boolean;
  readonly counts: ConnectionCounts;
  readonly limits: ServeLimits;
  accept(flow: Flow): void;
}

/** What becomes of a new flow, before its handshake ends: what nobody serves goes where it went before; beyond the caps it is refused. */
export function decideFlow({ protocol, local, remote }: NewFlow, ground: PortsGround): Claim | undefined {
  if (protocol !== 'tcp' || !ground.serves(local.port) || !ground.isOwn(local.address)) return undefined;
  if (ground.counts.hasRoom(remote.address, ground.limits)) return { accept: (flow) => ground.accept(flow) };
  ground.counts.refused += 1;
  return 'refuse';
}
