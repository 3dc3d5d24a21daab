import { type Middleware, type PartContext, wrapBind, wrapStack } from '@heddle/core';
import { SeededRandom } from '../time/seeded-random.js';
import type { FateContext, Judge } from './fate.js';
import { type Forward, Impairment } from './impairment.js';

/** `out`: from this node to the network (of a Bind), from the application to the node (of a Stack). */
export type FaultDirection = 'out' | 'in' | 'both';

export interface FaultOptions {
  /** Default `both`. */
  readonly direction?: FaultDirection;
  /** Default: randomness of the node. */
  readonly seed?: number | string;
  /** Packets that may wait in each direction; what comes on top is dropped and counted as `queue-full`. Default 1024. */
  readonly queue?: number;
}

/** A middleware for Binds and Stacks from a judge over single packets; one judge is made for each direction of each part. */
export function faulty(makeJudge: (context: FateContext) => Judge, options: FaultOptions = {}): Middleware {
  return {
    bind: (inner) =>
      wrapBind(inner, (context) => {
        const { out, into, close } = directions(context, makeJudge, options);
        return {
          close,
          ...(out && {
            send: (to, batch, next) => (to.scheme === inner.scheme ? out.pass(batch, (some) => next(to, some)) : next(to, batch)),
          }),
          ...(into && { receive: (batch, next) => void into.pass(batch, allTaken(next)) }),
        };
      }),
    stack: (inner) =>
      wrapStack(
        inner,
        (context) => {
          const { out, into, close } = directions(context, makeJudge, options);
          return {
            close,
            ...(into && { deliver: (batch, next) => into.pass(batch, next) }),
            ...(out && { receive: (batch, next) => void out.pass(batch, allTaken(next)) }),
          };
        },
        { traits: { superPackets: false } },
      ),
  };
}

interface Directions {
  readonly out: Impairment | undefined;
  readonly into: Impairment | undefined;
  close(): void;
}

function directions(context: PartContext, makeJudge: (context: FateContext) => Judge, options: FaultOptions): Directions {
  const random = options.seed === undefined ? randomOf(context) : new SeededRandom(options.seed);
  const make = (name: 'out' | 'in'): Impairment | undefined => {
    if (options.direction !== undefined && options.direction !== 'both' && options.direction !== name) return undefined;
    return new Impairment(context, makeJudge({ clock: context.clock, random: random.fork(name) }), options.queue ?? 1024);
  };
  const [out, into] = [make('out'), make('in')];
  return {
    out,
    into,
    close() {
      out?.close();
      into?.close();
    },
  };
}

function randomOf(context: PartContext): SeededRandom {
  const bytes = new Uint8Array(16);
  context.random.fill(bytes);
  return new SeededRandom(bytes.join('.'));
}

function allTaken(next: (batch: Parameters<Forward>[0]) => void): Forward {
  return (batch) => {
    next(batch);
    return batch.count;
  };
}
