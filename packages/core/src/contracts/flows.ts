import type { Bytes } from './packets.js';

export interface Address {
  readonly address: string;
  readonly port: number;
}

export type FlowError = 'refused' | 'reset' | 'timeout' | 'unreachable' | 'aborted';

export interface FlowEvents {
  readable?(): void;
  writable?(): void;
  /** Last event of a flow; undefined: both sides finished in order. */
  closed?(error: FlowError | undefined): void;
}

/** A stream of bytes without a Node object in sight; core puts net.Socket, Web Streams and agents on top. */
export interface Flow {
  readonly local: Address;
  readonly remote: Address;
  /** How many bytes were taken (copied); 0 means wait for writable. */
  write(bytes: Bytes): number;
  /** How many bytes were put into `into`; 0 means wait for readable; -1 means that the other side has finished. */
  read(into: Bytes): number;
  /** No more bytes will be written. */
  shutdown(): void;
  /**
   * Lets go of both directions: what was written is still delivered and then finished, bytes that nobody will read (those that wait, and those
   * that still come) are answered with a reset, and the other side has a bounded time to finish. Nothing is told afterwards.
   */
  close(): void;
  reset(): void;
  /** Replaces the listeners. */
  on(events: FlowEvents): void;
  /** True: small segments leave at once. False: they wait while one is unacknowledged (Nagle). Missing where the Stack has no say. */
  setNoDelay?(on: boolean): void;
  /** Probes the other side when it has been silent for so many milliseconds (default: the Stack's own). Missing where the Stack has no say. */
  setKeepAlive?(on: boolean, idle?: number): void;
}

export interface PortEvents {
  /** The port is gone, and nobody closed it: a Stack that took the place of another could not open it. */
  closed?(error: Error): void;
}

/** A port of a node stays when its Stack is exchanged: the new one opens it under the same number. Without a Stack it waits for the next. */
export interface FlowListener {
  readonly at: Address;
  close(): Promise<void>;
  /** Replaces the listeners. Core's own has it; that of a Stack may. */
  on?(events: PortEvents): void;
}

/** Where the Stack hears of it, a UDP port is told which of its datagrams could not arrive. */
export interface UdpEvents extends PortEvents {
  /** Nobody listens at, or nothing leads to, where a datagram was sent. */
  error?(reason: 'refused' | 'unreachable', to: Address): void;
}

export interface UdpPort {
  readonly at: Address;
  /** False: not taken (no route, queue full, too large). */
  send(datagram: Bytes, to: Address): boolean;
  close(): Promise<void>;
  /** Replaces the listeners. Core's own has it; that of a Stack may. */
  on?(events: UdpEvents): void;
}

/** What to do with a new flow. */
export type Claim = { readonly accept: (flow: Flow) => void } | { readonly redirect: Address } | 'refuse' | 'drop';

export interface NewFlow {
  readonly protocol: 'tcp' | 'udp';
  readonly local: Address;
  readonly remote: Address;
}

/** Connections and datagrams over a Stack. A Stack has the members whose capability its plugin offers (`stack.tcp`, `stack.udp`, `stack.ping`, `stack.intercept`). */
export interface FlowLayer {
  connect?(to: Address, options: { readonly signal?: AbortSignal; readonly from?: Address }): Promise<Flow>;
  listen?(
    at: { readonly address?: string; readonly port: number; readonly backlog?: number },
    accept: (flow: Flow) => void,
  ): Promise<FlowListener>;
  /** The datagram handed to receive is lent until it returns. */
  bindUdp?(at: { readonly address?: string; readonly port?: number }, receive: (datagram: Bytes, from: Address) => void): Promise<UdpPort>;
  /** Milliseconds until the echo came back. */
  ping?(address: string, options: { readonly signal?: AbortSignal }): Promise<number>;
  /** Asked in order of registration before a flow's handshake ends; the first claim wins. Returns the undo. */
  intercept?(decide: (flow: NewFlow) => Claim | undefined): () => void;
}
