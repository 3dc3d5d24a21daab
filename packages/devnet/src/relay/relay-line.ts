import type { Bytes, Clock, Flow } from '@heddle/core';
import { DERP_FRAME, DerpReader, encodeDerpFrame } from '@heddle/wire';
import { hexOf } from '../hex.js';
import { Outbox } from './outbox.js';
import { type RelayParts, RelaySession } from './relay-session.js';
import { answerHead, RequestHeadReader } from './request-head.js';

/** For everything up to the client's first frame. */
const ENTER_WITHIN = 10_000;
const KEEP_ALIVE_EVERY = 60_000;
/** A client that takes nothing for so long is thrown out. */
const STUCK_FOR = 2_000;
const READ_AT_ONCE = 64 * 1024;

/** One connection: bytes in and out, timers; what they mean is the session's business. */
export class RelayLine {
  readonly #flow: Flow;
  readonly #clock: Clock;
  readonly #ended: () => void;
  readonly #session: RelaySession;
  readonly #outbox = new Outbox();
  readonly #reader = new DerpReader();
  readonly #publicKey: Bytes;
  #head: RequestHeadReader | undefined = new RequestHeadReader();
  #rest: Bytes = new Uint8Array(0);
  readonly #cancelEntry: () => void;
  #cancelKeepAlive: () => void = () => {};
  #cancelStuck: (() => void) | undefined;
  #over = false;

  constructor(flow: Flow, parts: RelayParts, clock: Clock, ended: () => void) {
    this.#flow = flow;
    this.#clock = clock;
    this.#ended = ended;
    this.#publicKey = parts.key.publicKey;
    this.#session = new RelaySession(parts, (kind, frame) => {
      this.#outbox.push(kind, frame);
      this.#flush();
    });
    this.#cancelEntry = clock.at(clock.now() + ENTER_WITHIN, () => this.#session.isIn || this.end());
  }

  start(): void {
    this.#flow.on({ readable: () => this.#read(), writable: () => this.#flush(), closed: () => this.end() });
    this.#read();
  }

  /** Idempotent. */
  end(): void {
    if (!this.#stop()) return;
    this.#flow.reset();
    this.#ended();
  }

  /** False: it was over already. */
  #stop(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#cancelEntry();
    this.#cancelKeepAlive();
    this.#cancelStuck?.();
    this.#session.end();
    return true;
  }

  #read(): void {
    while (!this.#over) {
      const space = this.#head === undefined ? this.#reader.space() : new Uint8Array(READ_AT_ONCE);
      const count = this.#flow.read(space);
      if (count < 0) return this.end();
      if (count === 0) return;
      if (this.#head !== undefined) this.#readHead(this.#head, space.subarray(0, count));
      else this.#frames(count);
    }
  }

  #readHead(reader: RequestHeadReader, bytes: Bytes): void {
    const head = reader.push(bytes);
    if (head === undefined) return;
    if (head === 'bad') return this.end();
    this.#head = undefined;
    const { text, upgraded } = answerHead(head, hexOf(this.#publicKey));
    this.#write(new TextEncoder().encode(text));
    if (!upgraded) return this.#finish();
    this.#session.greet();
    this.#keepAlive();
    this.#reader.space().set(reader.rest);
    this.#frames(reader.rest.length);
  }

  #frames(count: number): void {
    this.#reader.filled(count);
    while (!this.#over && this.#reader.next())
      if (!this.#session.handle(this.#clock.now(), this.#reader.type, this.#reader.payload())) return this.end();
    if (this.#reader.refused) this.end();
  }

  #keepAlive(): void {
    this.#cancelKeepAlive = this.#clock.at(this.#clock.now() + KEEP_ALIVE_EVERY, () => {
      this.#session.send('notice', encodeDerpFrame(DERP_FRAME.keepAlive));
      this.#keepAlive();
    });
  }

  #flush(): void {
    while (!this.#over && this.#write(this.#rest)) {
      const next = this.#outbox.next();
      if (next === undefined) return;
      this.#rest = next;
    }
  }

  /** True when all of it was taken. */
  #write(bytes: Bytes): boolean {
    const taken = bytes.length === 0 ? 0 : this.#flow.write(bytes);
    this.#rest = bytes.subarray(taken);
    if (this.#rest.length > 0) {
      this.#cancelStuck ??= this.#clock.at(this.#clock.now() + STUCK_FOR, () => this.end());
      return false;
    }
    this.#cancelStuck?.();
    this.#cancelStuck = undefined;
    return true;
  }

  /** What was written still arrives. */
  #finish(): void {
    this.#stop();
    this.#flow.close();
    this.#ended();
  }
}
