import type { Bytes, Middleware } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';
import { type FaultOptions, faulty } from './faulty.js';
import { Pace } from './pace.js';

/** A probability from 0 to 1, or a decision over each packet, which is lent and read-only. */
export type Choice = number | ((packet: Bytes) => boolean);

/** Packets vanish. */
export function drop(which: Choice, options: FaultOptions = {}): Middleware {
  return faulty(({ random }) => {
    const chosen = chooser(which, random);
    return (packet, fate) => {
      fate.dropped = chosen(packet);
    };
  }, options);
}

/** Packets come twice. */
export function duplicate(which: Choice, options: FaultOptions = {}): Middleware {
  return faulty(({ random }) => {
    const chosen = chooser(which, random);
    return (packet, fate) => {
      fate.extra = chosen(packet) ? 1 : 0;
    };
  }, options);
}

/** All packets wait as long, so their order stays. */
export function delay(milliseconds: number, options: FaultOptions = {}): Middleware {
  return faulty(
    () => (_, fate) => {
      fate.delay = milliseconds;
    },
    options,
  );
}

export interface ShapeOptions extends FaultOptions {
  /** Bits per second. */
  readonly rate: number;
  /** Bytes that pass at once after a pause. Default 16,384. */
  readonly burst?: number;
}

/** Packets keep to a rate; those that come too fast wait, as many as `queue` allows. */
export function shape(options: ShapeOptions): Middleware {
  return faulty(({ clock }) => {
    const pace = new Pace(options.rate, options.burst ?? 16_384);
    return (packet, fate) => {
      fate.delay = pace.wait(clock.now(), packet.length);
    };
  }, options);
}

/** Changes packets: the function is given a copy to write in and may return other bytes instead. */
export function tamper(change: (packet: Bytes, random: SeededRandom) => Bytes | undefined, options: FaultOptions = {}): Middleware {
  return faulty(
    ({ random }) =>
      (packet, fate) => {
        const copy = packet.slice();
        fate.replaced = change(copy, random) ?? copy;
      },
    options,
  );
}

function chooser(which: Choice, random: SeededRandom): (packet: Bytes) => boolean {
  return typeof which === 'number' ? () => random.chance(which) : which;
}
