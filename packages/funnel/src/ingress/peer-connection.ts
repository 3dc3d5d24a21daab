import type { Clock, Flow } from '@heddle/core';
import { answerText, SWITCHING } from './answer-text.js';
import { answerToFault, type Verdict } from './ingress-rules.js';
import { type RequestHead, RequestHeadReader } from './request-head.js';

export interface PeerConnectionOptions {
  readonly clock: Clock;
  /** Milliseconds that a head may take. */
  readonly patience: number;
  judge(head: RequestHead): Verdict;
  /** The connection is over, or somebody else's: with the verdict, or undefined when it ended before one. */
  done(verdict: Verdict | undefined): void;
}

const PIECE = 2048;
const TOO_SLOW: Verdict = { is: 'answer', status: 408, text: 'no request in time' };
/** A relay waits for our answer; what it has sent before would be lost, as it is with Tailscale's own nodes. */
const TOO_EARLY: Verdict = { is: 'answer', status: 400, text: 'bytes before the answer' };

/** One connection to the PeerAPI until its request has been judged: one request, one answer. */
export class PeerConnection {
  readonly #flow: Flow;
  readonly #options: PeerConnectionOptions;
  readonly #reader = new RequestHeadReader();
  readonly #piece = new Uint8Array(PIECE);
  readonly #giveUp: () => void;
  #head: RequestHead | undefined;
  #over = false;

  constructor(flow: Flow, options: PeerConnectionOptions) {
    this.#flow = flow;
    this.#options = options;
    this.#giveUp = options.clock.at(options.clock.now() + options.patience, () => this.#conclude(TOO_SLOW));
    flow.on({ readable: () => this.#read(), closed: () => this.#end(undefined) });
    this.#read();
  }

  /** Ends it without an answer. */
  abort(): void {
    if (this.#over) return;
    this.#flow.reset();
    this.#end(undefined);
  }

  #read(): void {
    while (!this.#over) {
      const count = this.#flow.read(this.#piece);
      if (count === 0) return;
      if (count < 0) return this.abort();
      this.#take(this.#piece.subarray(0, count));
    }
  }

  #take(bytes: Uint8Array): void {
    const found = this.#reader.push(bytes);
    if (found === undefined) return;
    if (typeof found === 'string') return this.#conclude(answerToFault(found));
    this.#head = found.head;
    const verdict = this.#options.judge(found.head);
    this.#conclude(verdict.is === 'visitor' && found.used < bytes.length ? TOO_EARLY : verdict);
  }

  #conclude(verdict: Verdict): void {
    if (this.#over) return;
    this.#flow.on({});
    const text = verdict.is === 'visitor' ? SWITCHING : answerText(verdict.status, verdict.text, this.#head?.method !== 'HEAD');
    const bytes = new TextEncoder().encode(text);
    // A fresh connection has room for far more than this.
    const told = this.#flow.write(bytes) === bytes.length;
    if (!told || verdict.is === 'answer') this.#flow.close();
    this.#end(told ? verdict : undefined);
  }

  #end(verdict: Verdict | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#giveUp();
    this.#options.done(verdict);
  }
}
