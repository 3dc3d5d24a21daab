import type { Bytes, Clock, Flow, FlowError, RelayNode } from '@heddle/core';
import { DERP_FRAME, DERP_KEY, DerpReader } from '@heddle/wire';
import { RelayFault } from '../fault.js';
import { encodeUpgrade, type HttpHead, HttpHeadReader, isUpgraded } from '../rules/http-head.js';
import type { RelaySession, SessionAction } from '../rules/relay-session.js';
import { SendPace } from '../rules/send-pace.js';
import type { SendRing } from '../rules/send-ring.js';

/** Frames of the protocol itself that may wait; more are answers to a server that floods. */
const MOST_URGENT = 16;
/** Of a frame that is not whole yet, so many bytes are a sign of life: a relay that dribbles may be as dead as one that is silent. */
const SIGN_OF_LIFE = 256;
/** So many packets are written at once, also while others are being read. */
const CORKED = 128;

export interface ConnectionEvents {
  /** A packet, in bytes that are valid until the call returns; so many bytes came with it and are still to be read. */
  received(bytes: Bytes, keyAt: number, offset: number, length: number, behind: number): void;
  /** What came at once has been handed on. */
  settled(): void;
  action(action: Exclude<SessionAction, { type: 'write' | 'close' }>): void;
  /** Last event. */
  ended(fault: RelayFault): void;
}

export interface ConnectionParts {
  readonly clock: Clock;
  readonly flow: Flow;
  readonly node: RelayNode;
  /** The first node of the region, where this is another one. */
  readonly ideal: string | undefined;
  readonly session: RelaySession;
  readonly ring: SendRing;
}

/** Moves bytes between one stream, the session and the ring: what may leave now is one write. */
export class RelayConnection {
  readonly #parts: ConnectionParts;
  readonly #events: ConnectionEvents;
  readonly #reader = new DerpReader({ wants: (type) => type !== DERP_FRAME.peerPresent && type <= DERP_FRAME.restarting });
  #head: HttpHeadReader | undefined = new HttpHeadReader();
  #urgent: Bytes[] = [];
  /** Of a frame that was cut: nothing may come before it. */
  #rest: Bytes | undefined;
  /** Bytes since the last sign of life. */
  #unheard = 0;
  /** Packets are being handed on: what they cause is written when all of them are. */
  #reading = false;
  #cancelRead: (() => void) | undefined;
  readonly #pace = new SendPace();
  #cancelPace: (() => void) | undefined;
  #over = false;

  constructor(parts: ConnectionParts, events: ConnectionEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  start(): void {
    const { flow, node, ideal } = this.#parts;
    flow.on({
      readable: () => this.#readSoon(),
      writable: () => this.flush(),
      closed: (error) => this.#closed(error),
    });
    this.#write(encodeUpgrade(node, ideal));
    this.#readSoon();
  }

  /** Writes what waits, as far as the pace and the stream let it. */
  flush(): void {
    const { session, ring } = this.#parts;
    if (this.#over || (this.#reading && ring.count < CORKED) || !this.#flushUrgent()) return;
    if (session.isReady && ring.count > 0) this.#writePackets();
  }

  tick(now: number): void {
    this.#perform(this.#parts.session.tick(now));
  }

  probe(now: number): void {
    this.#perform(this.#parts.session.probe(now));
  }

  prefer(home: boolean): void {
    this.#perform(this.#parts.session.prefer(home));
  }

  /** Ends without an event. What was written still leaves, when the end is a peaceful one. */
  close(peaceful: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelRead?.();
    this.#cancelPace?.();
    this.#urgent = [];
    const { flow } = this.#parts;
    flow.on({});
    if (peaceful) flow.close();
    else flow.reset();
  }

  /** TLS brings a packet or two at a time: all that one turn of the event loop brought makes larger batches. */
  #readSoon(): void {
    const { clock } = this.#parts;
    this.#cancelRead ??= clock.at(clock.now(), () => this.#readAll());
  }

  #readAll(): void {
    this.#cancelRead = undefined;
    this.#reading = true;
    const ended = !this.#read();
    this.#events.settled();
    this.#reading = false;
    if (ended) this.#end(broken('the relay closed the connection'));
    else this.flush();
  }

  /** Its last words may wait to be read. */
  #closed(error: FlowError | undefined): void {
    this.#cancelRead?.();
    this.#readAll();
    this.#end(broken(`the connection ended${error === undefined ? '' : ` (${error})`}`));
  }

  /** False: the relay has said all that it will. */
  #read(): boolean {
    const { clock, flow, session } = this.#parts;
    while (!this.#over) {
      const count = flow.read(this.#reader.space());
      if (count <= 0) return count === 0;
      this.#unheard += count;
      this.#take(count);
      if (this.#unheard < SIGN_OF_LIFE) continue;
      this.#unheard = 0;
      session.heard(clock.now());
    }
    return true;
  }

  #take(count: number): void {
    if (this.#head !== undefined) return this.#upgrade(this.#reader.space().subarray(0, count), this.#head);
    this.#reader.filled(count);
    this.#frames();
  }

  #upgrade(bytes: Bytes, reader: HttpHeadReader): void {
    const head = reader.push(bytes);
    if (head === undefined) return;
    if (head === 'bad' || !isUpgraded(head)) return this.#end(notDerp(head));
    this.#head = undefined;
    this.#reader.space().set(head.rest);
    this.#reader.filled(head.rest.length);
    this.#frames();
  }

  #frames(): void {
    const reader = this.#reader;
    while (!this.#over && reader.next()) {
      this.#unheard = SIGN_OF_LIFE;
      if (reader.type === DERP_FRAME.recvPacket) this.#packet();
      else this.#perform(this.#parts.session.handle(this.#parts.clock.now(), reader.type, reader.payload()));
    }
    if (reader.refused) this.#end(broken(`the relay sent a frame of type ${reader.type} with ${reader.length} bytes`));
  }

  #packet(): void {
    const { bytes, offset, length } = this.#reader;
    if (!this.#parts.session.isReady) return this.#end(broken('the relay sent a packet before its greeting'));
    if (length > DERP_KEY) this.#events.received(bytes, offset, offset + DERP_KEY, length - DERP_KEY, this.#reader.behind);
  }

  #perform(actions: readonly SessionAction[]): void {
    for (const action of actions) {
      if (this.#over) return;
      if (action.type === 'write') this.#write(action.bytes);
      else if (action.type === 'close') this.#end(broken(`the relay shows ${action.why}`));
      else this.#events.action(action);
    }
  }

  #write(bytes: Bytes): void {
    if (this.#urgent.length < MOST_URGENT) this.#urgent.push(bytes);
    this.flush();
  }

  /** What the stream does not take waits for the stream, what the pace holds back, for its time. */
  #writePackets(): void {
    const { clock, flow, ring } = this.#parts;
    const now = clock.now();
    const waiting = ring.count;
    const packets = Math.min(waiting, this.#pace.room(now));
    if (packets > 0) this.#rest = ring.wrote(flow.write(ring.waiting(packets)));
    const left = waiting - ring.count;
    this.#pace.sent(left);
    if (left === packets && ring.count > 0) this.#flushAt(this.#pace.nextAt(now));
  }

  #flushAt(due: number): void {
    this.#cancelPace ??= this.#parts.clock.at(due, () => {
      this.#cancelPace = undefined;
      this.flush();
    });
  }

  /** False: the stream takes no more. */
  #flushUrgent(): boolean {
    for (;;) {
      this.#rest ??= this.#urgent.shift();
      if (this.#rest === undefined) return true;
      const taken = this.#parts.flow.write(this.#rest);
      if (taken < this.#rest.length) {
        this.#rest = this.#rest.subarray(taken);
        return false;
      }
      this.#rest = undefined;
    }
  }

  #end(fault: RelayFault): void {
    if (this.#over) return;
    this.close(false);
    this.#events.ended(fault);
  }
}

function broken(text: string): RelayFault {
  return new RelayFault('HEDDLE_DERP_BROKEN', text);
}

function notDerp(head: HttpHead | 'bad'): RelayFault {
  const answer = head === 'bad' ? 'what answers speaks no HTTP' : `the relay answered GET /derp with HTTP ${head.status}`;
  return new RelayFault('HEDDLE_DERP_NOT_DERP', answer);
}
