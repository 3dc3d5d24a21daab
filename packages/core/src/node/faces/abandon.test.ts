import { SimNetwork, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import type { Flow, FlowError } from '../../contracts/flows.js';
import { abandon } from './abandon.js';

interface Ends {
  readonly clock: VirtualClock;
  readonly near: Flow;
  readonly far: Flow;
  readonly heard: (FlowError | 'end' | 'in order')[];
}

/** `heard` is what the far end sees of the end of the connection. */
async function ends(): Promise<Ends> {
  const clock = new VirtualClock();
  const net = new SimNetwork({ seed: 2, clock });
  const a = net.host('a', { ports: [{ on: net.internet, addresses: ['192.0.2.1'], link: { delay: 10 } }] });
  const b = net.host('b', { ports: [{ on: net.internet, addresses: ['192.0.2.2'] }] });
  const accepted: Flow[] = [];
  await b.streams.listen({ address: '192.0.2.2', port: 80 }, (flow) => accepted.push(flow));
  const near = await clock.settle(a.streams.connect({ host: '192.0.2.2', port: 80 }, {}));
  const far = accepted[0]!;
  const heard: Ends['heard'] = [];
  const into = new Uint8Array(100_000);
  far.on({
    readable: () => {
      if (far.read(into) < 0) heard.push('end');
    },
    closed: (error) => heard.push(error ?? 'in order'),
  });
  return { clock, near, far, heard };
}

test('what was written is delivered, then the end', async () => {
  const { clock, near, far, heard } = await ends();
  near.write(new Uint8Array(1_000));
  abandon(near, clock);
  clock.advance(100);
  far.shutdown();
  clock.advance(100);
  expect(heard).toEqual(['end', 'in order']);
  clock.advance(100_000);
  expect([heard, clock.pending]).toEqual([['end', 'in order'], 0]);
});

test('bytes that were not read are answered with a reset and no orderly end', async () => {
  const { clock, near, far, heard } = await ends();
  far.write(new Uint8Array(10));
  clock.advance(100);
  abandon(near, clock);
  clock.advance(100);
  expect(heard).toEqual(['reset']);
});

test('bytes that come later are answered with a reset', async () => {
  const { clock, near, far, heard } = await ends();
  abandon(near, clock);
  clock.advance(100);
  far.write(new Uint8Array(10));
  clock.advance(100);
  expect(heard).toEqual(['end', 'reset']);
});

test('a far end that never finishes is reset after a minute', async () => {
  const { clock, near, heard } = await ends();
  abandon(near, clock);
  clock.advance(59_000);
  expect(heard).toEqual(['end']);
  clock.advance(2_000);
  expect(heard).toEqual(['end', 'reset']);
});
