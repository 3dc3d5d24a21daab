import type { Bytes, Middleware } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';
import type { FateContext, Judge } from './fate.js';
import { type FaultOptions, faulty } from './faulty.js';
import { Pace } from './pace.js';

/** Probabilities are 0 to 1, times milliseconds. */
export interface LossyOptions extends FaultOptions {
  readonly drop?: number;
  readonly dup?: number;
  /** Packets that are held back for `reorderBy` while others overtake them. */
  readonly reorder?: number;
  /** Default 10. */
  readonly reorderBy?: number;
  /** One bit is turned over. */
  readonly corrupt?: number;
  readonly delay?: number;
  /** Up to this much more delay; does not change the order. */
  readonly jitter?: number;
  /** Bits per second. */
  readonly rate?: number;
  /** Larger packets vanish, as in a path that hides its MTU. */
  readonly maxSize?: number;
}

/** A bad line around any Bind or Stack. */
export function lossy(options: LossyOptions): Middleware {
  return faulty((context) => lossyJudge(options, context), options);
}

function lossyJudge(options: LossyOptions, { clock, random }: FateContext): Judge {
  const { drop = 0, dup = 0, reorder = 0, reorderBy = 10, corrupt = 0, delay = 0, jitter = 0, rate, maxSize = Infinity } = options;
  const pace = rate === undefined ? undefined : new Pace(rate, 0);
  return (packet, fate) => {
    fate.dropped = packet.length > maxSize || random.chance(drop);
    if (fate.dropped) return;
    fate.extra = random.chance(dup) ? 1 : 0;
    fate.heldBack = random.chance(reorder) ? reorderBy : 0;
    fate.delay = delay + (jitter > 0 ? random.uniform() * jitter : 0) + (pace?.wait(clock.now(), packet.length) ?? 0);
    if (random.chance(corrupt)) fate.replaced = oneBitTurned(packet, random);
  };
}

function oneBitTurned(packet: Bytes, random: SeededRandom): Bytes {
  const copy = packet.slice();
  if (copy.length > 0) copy[random.integer(copy.length)]! ^= 1 << random.integer(8);
  return copy;
}
