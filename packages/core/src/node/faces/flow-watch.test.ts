import { expect, test } from 'vitest';
import type { Flow, FlowEvents } from '../../contracts/flows.js';
import { FlowWatch } from './flow-watch.js';
import { ReadSpace } from './read-space.js';

/** A flow that a test breaks. As with netstack, its bytes are gone when it has told of the break. */
class BreakingFlow {
  bytes = Buffer.from('answer');
  #events: FlowEvents = {};

  on(events: FlowEvents): void {
    this.#events = events;
  }

  read(into: Uint8Array): number {
    into.set(this.bytes);
    const count = this.bytes.length;
    this.bytes = Buffer.alloc(0);
    return count;
  }

  break(): void {
    this.#events.closed?.('reset');
    this.bytes = Buffer.alloc(0);
  }
}

function watched(wants: boolean): { readonly told: unknown[]; readonly flow: BreakingFlow; readonly watch: FlowWatch } {
  const flow = new BreakingFlow();
  const told: unknown[] = [];
  const watch: FlowWatch = new FlowWatch(flow as unknown as Flow, new ReadSpace(), {
    wants: () => wants,
    readable: () => told.push(String(watch.read())),
    writable: () => {},
    closed: (error) => told.push(error),
  });
  return { told, flow, watch };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('who waits for bytes has those that came with a break, and hears of it a turn later', async () => {
  const { told, flow, watch } = watched(true);
  watch.start();
  flow.break();
  expect(told).toEqual([]);
  await turn();
  await turn();
  expect(told).toEqual(['answer', 'reset']);
});

test('who wants none hears of the break', async () => {
  const { told, flow, watch } = watched(false);
  watch.start();
  flow.break();
  await turn();
  expect(told).toEqual(['reset']);
});

test('before the start nothing is told, and nothing is lost', async () => {
  const { told, flow, watch } = watched(true);
  flow.break();
  await turn();
  expect(told).toEqual([]);
  watch.start();
  await turn();
  await turn();
  expect(told).toEqual(['answer', 'reset']);
});
