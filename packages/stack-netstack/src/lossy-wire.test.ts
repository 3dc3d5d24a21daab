import type { Flow } from '@heddle/core';
import { expect, test } from 'vitest';
import { type Received, receiveAll, sendAll } from '../test/streams.js';
import { TwoStacks, type WireOptions } from '../test/two-stacks.js';

const MEGABYTE = 1_000_000;

interface Row extends WireOptions {
  readonly name: string;
  /** Virtual seconds within which a megabyte must have gone over. */
  readonly within: number;
}

/** A12 for TCP, between two stacks of ours. 40 ms round trip. */
const ROWS: readonly Row[] = [
  { name: 'no loss', within: 1 },
  { name: '1 % loss', loss: 0.01, within: 6 },
  { name: '5 % loss', loss: 0.05, within: 20 },
  { name: '10 % loss', loss: 0.1, within: 40 },
  { name: '20 % loss', loss: 0.2, within: 200 },
  { name: '30 % loss', loss: 0.3, within: 900 },
  { name: '25 % reordered by 10 ms', reorder: 0.25, reorderBy: 10, within: 8 },
  { name: '50 % duplicated', duplicate: 0.5, within: 2 },
  { name: '5 % loss, 10 % reordered, 10 % duplicated', loss: 0.05, reorder: 0.1, reorderBy: 15, duplicate: 0.1, within: 30 },
];

for (const row of ROWS) {
  test.each([1, 2, 3])(`A12: a megabyte arrives unharmed and in time with ${row.name} (seed %i)`, async (seed) => {
    const two = await new TwoStacks({ delay: 20, ...row }, seed).open();
    const data = new Uint8Array(MEGABYTE);
    two.random.fork('data').fill(data);
    const started = two.clock.now();
    let arriving: Received | undefined;
    await two.stacks[1].flows.listen({ port: 80 }, (flow: Flow) => {
      arriving = receiveAll(flow);
    });
    const flow = await two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.2', port: 80 }));
    receiveAll(flow).done.catch(() => {});
    sendAll(flow, data);
    expect(two.until(() => arriving?.isWhole() ?? false, 2_000_000)).toBe(true);
    const received = await arriving!.done;
    const seconds = (two.clock.now() - started) / 1000;
    if (process.env.SHOW) console.log(row.name, seed, seconds.toFixed(2), two.packets);
    expect(Buffer.compare(received, data)).toBe(0);
    expect(seconds).toBeLessThan(row.within);
  });
}
