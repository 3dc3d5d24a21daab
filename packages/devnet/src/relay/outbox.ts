import type { Bytes } from '@heddle/core';

/** As Tailscale's server. */
const MOST_PACKETS = 32;
/** Answers and notices; a client that makes more than it reads loses the oldest. */
const MOST_NOTICES = 64;

export type FrameKind = 'packet' | 'disco' | 'notice';

/** Frames that wait for one client, bounded: the oldest of a kind gives way. Notices go first, then disco, then packets. */
export class Outbox {
  readonly #queues: Readonly<Record<FrameKind, Bytes[]>> = { notice: [], disco: [], packet: [] };
  /** Frames that gave way. */
  dropped = 0;

  push(kind: FrameKind, frame: Bytes): void {
    const queue = this.#queues[kind];
    if (queue.length >= (kind === 'notice' ? MOST_NOTICES : MOST_PACKETS)) {
      queue.shift();
      this.dropped += 1;
    }
    queue.push(frame);
  }

  next(): Bytes | undefined {
    const { notice, disco, packet } = this.#queues;
    return notice.shift() ?? disco.shift() ?? packet.shift();
  }
}
