import type { Lease, PacketBatch } from '@heddle/core';

/** What middleware around a Bind and around a Stack can do alike: with what comes out of the part, and when it closes. */
export interface BadMiddleware {
  receive?(batch: PacketBatch, next: (batch: PacketBatch) => void): void;
  close?(): void;
}

/** Hands on each second batch before the one that came first. */
export function reordering(): BadMiddleware {
  let kept: Lease | undefined;
  return {
    receive(batch, next) {
      const before = kept;
      kept = before === undefined ? batch.lease() : undefined;
      if (kept !== undefined) return;
      next(batch);
      if (before !== undefined) next(before.batch);
      before?.release();
    },
    close: () => kept?.release(),
  };
}

/** Drops one batch of so many, and tells nobody. */
export function losing(oneOf: number): BadMiddleware {
  let seen = 0;
  return {
    receive(batch, next) {
      seen += 1;
      if (seen % oneOf > 0) next(batch);
    },
  };
}

/** Hands on what it has leased, and never gives it back. */
export function leaking(): BadMiddleware {
  return {
    receive(batch, next) {
      next(batch.lease()?.batch ?? batch);
    },
  };
}

export function failingToClose(): BadMiddleware {
  return {
    close() {
      throw new Error('not now');
    },
  };
}
