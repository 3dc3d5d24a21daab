import type { Address, Direction, FlowError } from '@heddle/core';

/** A flow is there. It is the first line of its flow. */
export interface TrafficOpen {
  readonly event: 'open';
  /** The same in each line of one flow; unique in one run of the log. */
  readonly flow: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly protocol: 'tcp' | 'udp';
  /** `in`: the other side opened it. */
  readonly direction: Direction;
  readonly local: Address;
  readonly remote: Address;
  /** Who the other side was, by the netmap of that moment. Absent: nobody of this tailnet. */
  readonly peer?: TrafficPeer;
}

export interface TrafficPeer {
  readonly node: string;
  readonly name: string;
  /** Login name. Absent: control names none, as for tagged nodes. */
  readonly user?: string;
  readonly tags: readonly string[];
}

/** At most 16 KiB of a flow. */
export interface TrafficData {
  readonly event: 'data';
  readonly flow: number;
  readonly time: number;
  readonly direction: Direction;
  /** How many bytes of this direction stand in front of it. A jump is a gap. */
  readonly offset: number;
  /** Base64. */
  readonly data: string;
  /** Of UDP: the datagram goes on in the next line of this flow and direction. */
  readonly more?: true;
  /** Lines of this flow that are missing between the one before and this one. */
  readonly dropped?: number;
}

/** A flow is over, or the log ends. It is the last line of its flow. */
export interface TrafficClose {
  readonly event: 'close';
  readonly flow: number;
  readonly time: number;
  /** All bytes of the flow, logged or not. */
  readonly bytes: { readonly in: number; readonly out: number };
  /** All lines of this flow that are missing, and bytes in them, as far as the log knew when it wrote this line. */
  readonly dropped: { readonly lines: number; readonly bytes: number };
  /** Absent: in order. `log-ended`: the flow goes on without the log. */
  readonly error?: FlowError | 'log-ended';
}

/** One line of a traffic log, as JSON. */
export type TrafficLogLine = TrafficOpen | TrafficData | TrafficClose;

/** Most bytes of a flow in one line. */
export const MOST_BYTES: number = 16 * 1024;
