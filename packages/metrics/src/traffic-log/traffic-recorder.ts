import type { Clock, FlowObserver, FlowWitness, HeddleNode, ObservedFlow } from '@heddle/core';
import { Outlet } from '../recording/outlet.js';
import type { Recorder, RecordingCounts } from '../recording/recordings.js';
import type { Sink } from '../recording/sink.js';
import { FlowLog } from './flow-log.js';
import type { TrafficOpen, TrafficPeer } from './line.js';
import { LineWriter } from './line-writer.js';

export interface TrafficLogOptions {
  /** Takes whole lines of JSON, many at a time. */
  readonly to: Sink;
  /** Which flows are logged. Default: all. */
  readonly only?: (flow: ObservedFlow) => boolean;
  /** Bytes that may wait for a slow sink; what comes beyond is dropped and counted. Default 4 MiB. */
  readonly queueBytes?: number;
}

export interface TrafficRecorderParts extends Required<TrafficLogOptions> {
  readonly node: Pick<HeddleNode, 'whois'>;
  readonly clock: Clock;
  readonly name: string;
}

/** Writes down flows, without ever waiting for who takes the lines. */
export class TrafficRecorder implements FlowObserver, Recorder {
  readonly name: string;
  readonly #parts: TrafficRecorderParts;
  readonly #outlet: Outlet;
  readonly #lines: LineWriter;
  readonly #open = new Set<FlowLog>();
  #refused = 0;
  #flows = 0;

  constructor(parts: TrafficRecorderParts) {
    const { name, to, clock, queueBytes: limit } = parts;
    this.name = name;
    this.#parts = parts;
    this.#outlet = new Outlet({ to, clock, limit });
    this.#lines = new LineWriter(this.#outlet);
  }

  get counts(): RecordingCounts {
    const { taken, lost } = this.#outlet.counts;
    return { written: taken, dropped: this.#refused + lost };
  }

  opened(flow: ObservedFlow): FlowWitness | undefined {
    if (!this.#parts.only(flow)) return undefined;
    const log = new FlowLog({
      open: this.#openLine(flow),
      lines: this.#lines,
      wall: () => this.#now(),
      refused: () => this.#refuse(),
      over: (ended) => void this.#open.delete(ended),
    });
    this.#open.add(log);
    return log;
  }

  /** Says of each flow that the log ends, writes what waits, and closes the sink. */
  end(): Promise<void> {
    for (const log of [...this.#open]) log.end('log-ended');
    return this.#outlet.end();
  }

  #refuse(): void {
    this.#refused += 1;
  }

  #openLine({ protocol, direction, local, remote }: ObservedFlow): TrafficOpen {
    const peer = this.#peerAt(remote.address);
    this.#flows += 1;
    return { event: 'open', flow: this.#flows, time: this.#now(), protocol, direction, local, remote, ...(peer && { peer }) };
  }

  #peerAt(address: string): TrafficPeer | undefined {
    const found = this.#parts.node.whois(address);
    if (found === undefined) return undefined;
    const { peer, user, tags } = found;
    return { node: peer.id, name: peer.name, ...(user && { user: user.loginName }), tags };
  }

  #now(): number {
    return Math.floor(this.#parts.clock.wall());
  }
}
