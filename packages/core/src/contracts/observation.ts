import type { Address, FlowError } from './flows.js';
import type { Peer } from './netmap.js';
import type { Bytes, PacketTable } from './packets.js';
import type { Remote } from './remote.js';

/** `in`: from a peer to this node; `out`: the other way. */
export type Direction = 'in' | 'out';

/** What core knows of packets when they pass. All packets of one call share it. */
export interface PacketContext {
  /** Who sent them, or whose allowed IPs they are for. Undefined: nobody's, so the engine drops them next. */
  readonly peer: Peer | undefined;
  /** Where they came from, or where they will go by the route of this moment. Undefined: there is no path yet. */
  readonly path: Remote | undefined;
}

/**
 * Sees packets and changes none. What it is handed is lent until the call returns, and read-only.
 * An observer that throws is removed, and its name has a fault in the node's health.
 */
export interface PacketObserver {
  /** Whose it is: the name of its plugin. */
  readonly name: string;
  /** Clear packets that may pass: on the way in before the Stack has them, on the way out after super-packets were cut and before they are sealed. */
  clear?(direction: Direction, packets: PacketTable, about: PacketContext): void;
  /** Datagrams as a Bind handed them over, or as it took them. What a Bind keeps for itself, such as STUN, is not among them. */
  outer?(direction: Direction, datagrams: PacketTable, remote: Remote): void;
}

/** A connection, or the datagrams between one pair of addresses. */
export interface ObservedFlow {
  readonly protocol: 'tcp' | 'udp';
  /** `in`: the other side opened it. */
  readonly direction: Direction;
  readonly local: Address;
  readonly remote: Address;
}

/** Looks at one flow. */
export interface FlowWitness {
  /** Bytes that the flow has taken, or that the application has read, in order; of UDP one datagram. Lent and read-only. */
  data(direction: Direction, bytes: Bytes): void;
  /** Last call: the flow is over, or the application has let go of it. */
  closed(error: FlowError | undefined): void;
}

/** Sees flows and changes none. An observer that throws is removed, and its name has a fault in the node's health. */
export interface FlowObserver {
  /** Whose it is: the name of its plugin. */
  readonly name: string;
  /** A flow is there. Undefined: this one is of no interest. */
  opened(flow: ObservedFlow): FlowWitness | undefined;
}

/**
 * Sees packets and flows of a running node. Nothing is wrapped, copied or looked up while nobody looks.
 *
 * Flows are those that the node hands out (`node.flows` and everything above it). What other programs do over a kernel's network interface is
 * packets only, and a flow, or a UDP port, that was there before its observer is not seen as one.
 */
export interface Observation {
  /** Looks from now on. Returns the undo, after which nothing is called any more. */
  packets(observer: PacketObserver): () => void;
  /** Sees every flow that opens from now on. Returns the undo: flows go on and are not watched any more. */
  flows(observer: FlowObserver): () => void;
}
