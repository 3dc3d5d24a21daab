import type { Bytes } from '@heddle/crypto';
import type { Endpoint } from './contract.js';
import { LoadMeter } from './load-meter.js';

/** A handshake message or cookie reply as it came in. */
export interface QueuedMessage {
  readonly bytes: Bytes;
  readonly from: Endpoint;
  readonly at: number;
}

/** Handshake messages that wait for a tick, so that key agreement never stands in the way of packets. */
export class HandshakeQueue {
  readonly #limit: number;
  readonly #load: LoadMeter;
  #messages: QueuedMessage[] = [];
  /** Those before it are done; the array is cut when half of it is. */
  #head = 0;

  constructor(limit: number, loadAt: number) {
    this.#limit = limit;
    this.#load = new LoadMeter(loadAt);
  }

  get length(): number {
    return this.#messages.length - this.#head;
  }

  /** When the oldest message came; Infinity when none waits. */
  get since(): number {
    return this.#messages[this.#head]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Copies the message in; false when the queue is full. */
  push(now: number, from: Endpoint, slab: Bytes, offset: number, length: number): boolean {
    this.#load.waiting(now, this.length);
    if (this.length >= this.#limit) return false;
    this.#messages.push({ bytes: slab.slice(offset, offset + length), from, at: now });
    return true;
  }

  shift(now: number): QueuedMessage | undefined {
    this.#load.waiting(now, this.length);
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#head++;
    if (this.#head > this.#messages.length / 2) this.#cut();
    return message;
  }

  /** So many messages wait or were wasted, or did a moment ago, that strangers must first prove their address. */
  underLoad(now: number): boolean {
    return this.#load.underLoad(now);
  }

  /** A message that was taken out came to nothing, although its sender knows our key. */
  wasted(now: number): void {
    this.#load.wasted(now);
  }

  #cut(): void {
    this.#messages = this.#messages.slice(this.#head);
    this.#head = 0;
  }
}
