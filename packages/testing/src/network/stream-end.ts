import type { Address, Bytes, Clock, Flow, FlowError, FlowEvents } from '@heddle/core';
import { socketError } from './sim-fault.js';
import type { SimPacket, StreamSegment } from './sim-packet.js';
import { StreamBuffer, WINDOW } from './stream-buffer.js';

/** Payload of one segment. */
const SEGMENT = 1400;
/** A lost segment is sent again after this, doubled each time. */
const RETRY_AFTER = 200;
/** How long a segment is tried. */
const GIVE_UP_AFTER = 20_000;
/** How long the other side of a closed stream may take to finish. */
const LINGER = 60_000;
const NOTHING: Bytes = new Uint8Array(0);

export interface StreamSurroundings {
  /** A code when the host has no way. */
  output(packet: SimPacket): string | undefined;
  /** The end is over: forget it. */
  gone(): void;
}

/** `over`: both sides finished in order; what gets lost is still repeated. `broken`: nothing more is said. */
type Phase = 'new' | 'connecting' | 'open' | 'over' | 'broken';

/**
 * One end of a reliable stream. The network says which packet it lost, so there are no acknowledgements: a lost segment is sent again,
 * and the receiver puts segments in order. `window` tells how far the other side may write; an idle stream has no timer.
 */
export class StreamEnd implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #clock: Clock;
  readonly #surroundings: StreamSurroundings;
  readonly #in = new StreamBuffer();
  readonly #sent = { bytes: 0, until: WINDOW, finished: false };
  readonly #timers = new Set<() => void>();
  #phase: Phase = 'new';
  #events: FlowEvents = {};
  #blocked = false;
  /** Closed: nobody will read any more. */
  #abandoned = false;
  #settle: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined;

  constructor(clock: Clock, local: Address, remote: Address, surroundings: StreamSurroundings) {
    this.#clock = clock;
    this.local = local;
    this.remote = remote;
    this.#surroundings = surroundings;
  }

  /** Resolves when the other side has answered. */
  connect(): Promise<void> {
    this.#phase = 'connecting';
    const settled = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#send({ kind: 'syn' });
    return settled;
  }

  /** Answers the other side's first segment. */
  accept(): void {
    this.#phase = 'open';
    this.#send({ kind: 'syn-ack' });
  }

  /** Gives up connecting. */
  abort(reason: unknown): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#transmit({ kind: 'reset' });
    this.#over('aborted');
    settle?.reject(reason);
  }

  on(events: FlowEvents): void {
    this.#events = events;
    if (this.#in.readable) this.#soon(() => this.#events.readable?.());
  }

  write(bytes: Bytes): number {
    if (this.#phase !== 'open' || this.#sent.finished) return 0;
    const taken = Math.min(bytes.length, this.#sent.until - this.#sent.bytes);
    for (let at = 0; at < taken; at += SEGMENT) this.#sendData(bytes.slice(at, Math.min(at + SEGMENT, taken)));
    this.#blocked = taken < bytes.length;
    return taken;
  }

  read(into: Bytes): number {
    const count = this.#in.read(into);
    const until = this.#in.grant();
    if (until > 0 && this.#phase === 'open') this.#send({ kind: 'window', until });
    if (count < 0) this.#soon(() => this.#endIfFinished());
    return count;
  }

  shutdown(): void {
    if (this.#phase !== 'open' || this.#sent.finished) return;
    this.#sent.finished = true;
    this.#send({ kind: 'fin', at: this.#sent.bytes });
    this.#soon(() => this.#endIfFinished());
  }

  close(): void {
    this.#events = {};
    if (this.#abandoned || this.#phase !== 'open') return this.reset();
    this.#abandoned = true;
    this.#refuseUnread();
    this.shutdown();
    this.#later(this.#clock.now() + LINGER, () => this.reset());
  }

  reset(): void {
    if (this.#phase === 'over' || this.#phase === 'broken') return;
    this.#cutOff();
  }

  /** A segment of the other side. */
  receive(packet: SimPacket): void {
    const segment = packet.segment;
    if (packet.kind === 'refused' || segment === undefined) return this.#refused();
    switch (segment.kind) {
      case 'syn-ack':
        return this.#connected();
      case 'reset':
        return this.#refused();
      case 'window':
        return this.#granted(segment.until);
      case 'data':
        return this.#arrived(() => this.#in.put(segment.at, packet.bytes));
      case 'fin':
        return this.#arrived(() => this.#in.finish(segment.at));
      default:
        return undefined;
    }
  }

  #cutOff(): void {
    this.#transmit({ kind: 'reset' });
    this.#soon(() => this.#over('aborted'), true);
  }

  #connected(): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'open';
    this.#settle?.resolve();
    this.#settle = undefined;
  }

  #refused(): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#over(settle === undefined ? 'reset' : 'refused');
    settle?.reject(socketError('ECONNREFUSED', `${this.remote.address} port ${this.remote.port} refused the connection`));
  }

  #granted(until: number): void {
    this.#sent.until = Math.max(this.#sent.until, until);
    if (!this.#blocked || this.#sent.until === this.#sent.bytes) return;
    this.#blocked = false;
    this.#events.writable?.();
  }

  #arrived(put: () => boolean): void {
    this.#connected();
    if (!put()) return;
    this.#events.readable?.();
    this.#refuseUnread();
  }

  /** Nobody will read what is there. */
  #refuseUnread(): void {
    if (!this.#abandoned || !this.#in.readable) return;
    if (this.#in.read(new Uint8Array(1)) < 0) this.#soon(() => this.#endIfFinished());
    else this.#cutOff();
  }

  #sendData(bytes: Bytes): void {
    const at = this.#sent.bytes;
    this.#sent.bytes += bytes.length;
    this.#send({ kind: 'data', at }, bytes);
  }

  /** Sends until it has arrived, or for so long that the stream is over. */
  #send(segment: StreamSegment, bytes: Bytes = NOTHING, tries = 0, since = this.#clock.now()): void {
    const wait = RETRY_AFTER * 2 ** tries;
    const again = (): void => {
      if (this.#phase === 'broken') return;
      if (this.#clock.now() + wait - since > GIVE_UP_AFTER) return this.#soon(() => this.#timedOut());
      this.#later(this.#clock.now() + wait, () => this.#send(segment, bytes, tries + 1, since));
    };
    if (this.#transmit(segment, bytes, again) !== undefined) again();
  }

  #transmit(segment: StreamSegment, bytes: Bytes = NOTHING, lost: () => void = () => {}): string | undefined {
    const { local: source, remote: destination } = this;
    return this.#surroundings.output({
      protocol: 'stream',
      kind: 'data',
      source,
      destination,
      bytes,
      dontFragment: false,
      segment,
      hops: 0,
      lost,
    });
  }

  #timedOut(): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#over('timeout');
    settle?.reject(socketError('ETIMEDOUT', `${this.remote.address} port ${this.remote.port} did not answer`));
  }

  #endIfFinished(): void {
    if (this.#sent.finished && this.#in.finished) this.#over(undefined);
  }

  #over(error: FlowError | undefined): void {
    if (this.#phase === 'over' || this.#phase === 'broken') return;
    const wasOpen = this.#phase === 'open';
    this.#phase = error === undefined ? 'over' : 'broken';
    if (error === undefined) this.#later(this.#clock.now() + GIVE_UP_AFTER, () => this.#surroundings.gone());
    else this.#break();
    if (wasOpen) this.#events.closed?.(error);
  }

  #break(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#surroundings.gone();
  }

  #soon(run: () => void, always = false): void {
    this.#later(this.#clock.now(), () => {
      if (always || (this.#phase !== 'over' && this.#phase !== 'broken')) run();
    });
  }

  #later(time: number, run: () => void): void {
    const cancel = this.#clock.at(time, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}
