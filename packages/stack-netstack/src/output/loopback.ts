import type { WritableBatch } from '@heddle/core';

/** Batches that wait: beyond it packets are lost, as on any wire. */
const MOST = 16;

/** Packets to our own addresses. They come in again when the stack is next looked at, so that no call runs through it twice. */
export class Loopback {
  readonly #drop: (reason: string, packets: number) => void;
  #waiting: WritableBatch[] = [];

  constructor(drop: (reason: string, packets: number) => void) {
    this.#drop = drop;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes the batch over. */
  push(batch: WritableBatch): void {
    if (this.#waiting.length < MOST) {
      this.#waiting.push(batch);
      return;
    }
    this.#drop('loopback-full', batch.count);
    batch.release();
  }

  /** All that wait; whoever takes them releases them. */
  take(): WritableBatch[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
