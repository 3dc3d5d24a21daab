import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Bytes } from '@heddle/core';

/** So many are given back in one call. */
const AT_ONCE = 32;

/**
 * Gives the memory of datagrams back that have been read. Node makes a buffer for each; left to the collector, a hundred megabytes a second
 * of them bring a full collection every few dozen milliseconds. What is transferred to a port that is closed is freed at once.
 */
export class SpentBuffers {
  #port: MessagePort | undefined;
  #waiting: ArrayBuffer[] = [];

  /** Nobody may look at the bytes any more. Memory that they share with others is left alone. */
  add(bytes: Bytes): void {
    const { buffer } = bytes;
    if (!(buffer instanceof ArrayBuffer) || bytes.length !== buffer.byteLength) return;
    if (this.#waiting.push(buffer) === AT_ONCE) this.#giveBack();
  }

  #giveBack(): void {
    this.#port ??= closedPort();
    try {
      this.#port.postMessage(undefined, this.#waiting);
    } catch {
      // A runtime that will not transfer them leaves them to its collector.
    }
    this.#waiting = [];
  }
}

function closedPort(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
