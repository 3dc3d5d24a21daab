import { type Middleware, type PacketBatch, type PartContext, wrapBind, wrapStack } from '@heddle/core';

/** Sees each batch as it passes and changes nothing. */
type Look = (way: 'out' | 'in', batch: PacketBatch, to?: string) => void;

/** A line for each batch: time, name, way, remote, lengths. Take `(line) => log.add(line)` for an EventLog. */
export function trace(log: (line: string) => void, name = 'trace'): Middleware {
  return onlooker((context) => (way, batch, to) => {
    const lengths = batch.lengths.subarray(0, batch.count).join(',');
    log(`${context.clock.now().toFixed(3)} ${name} ${way} ${to ?? batch.remote?.text ?? '-'} ${lengths}`);
  });
}

export interface Tally {
  readonly batches: number;
  readonly packets: number;
  readonly bytes: number;
}

/** A middleware that counts; `out` and `in` are what passed so far. */
export interface Counting extends Middleware {
  readonly out: Tally;
  readonly in: Tally;
}

/** Counts batches, packets and bytes each way. */
export function count(): Counting {
  const tallies = { out: { batches: 0, packets: 0, bytes: 0 }, in: { batches: 0, packets: 0, bytes: 0 } };
  const looking = onlooker(() => (way, batch) => {
    const tally = tallies[way];
    tally.batches += 1;
    tally.packets += batch.count;
    for (let i = 0; i < batch.count; i++) tally.bytes += batch.lengths[i]!;
  });
  return { ...looking, ...tallies };
}

function onlooker(makeLook: (context: PartContext) => Look): Middleware {
  return {
    bind: (inner) =>
      wrapBind(inner, (context) => {
        const look = makeLook(context);
        return {
          send(to, batch, next) {
            look('out', batch, to.text);
            return next(to, batch);
          },
          receive(batch, next) {
            look('in', batch);
            next(batch);
          },
        };
      }),
    stack: (inner) =>
      wrapStack(inner, (context) => {
        const look = makeLook(context);
        return {
          deliver(batch, next) {
            look('in', batch);
            return next(batch);
          },
          receive(batch, next) {
            look('out', batch);
            next(batch);
          },
        };
      }),
  };
}
