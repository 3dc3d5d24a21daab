import { createNode, type HeddleNode, Tokens } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { expect, test } from 'vitest';
import { bind, control, gadget, Journal, selector, stack, Toy, toy } from './fake-parts.js';
import { HandClock, settle } from './virtual-clock.js';

/** The choice itself is not what is counted here. */
const crypto = chooseCrypto();

function node(journal: Journal, clock: HandClock, hostname = 'x'): HeddleNode {
  return createNode({ clock, hostname, crypto }, [
    stack(journal),
    bind(journal, 'udp'),
    selector(journal),
    control(journal),
    gadget(journal),
    toy(journal),
  ]);
}

/** A signal that counts its listeners. */
function countingSignal(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  const held = new Set<unknown>();
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  Object.assign(signal, {
    addEventListener: (type: string, listener: () => void, options?: object) => {
      held.add(listener);
      add(type as 'abort', listener, options);
    },
    removeEventListener: (type: string, listener: () => void) => {
      held.delete(listener);
      remove(type as 'abort', listener);
    },
  });
  return { signal, listeners: () => held.size };
}

test('G7 a thousand starts and stops in one process leave no handle, timer or listener', async () => {
  const journal = new Journal();
  const clock = new HandClock();
  const caller = countingSignal();
  const handles = process.getActiveResourcesInfo().length;
  for (let i = 0; i < 1_000; i++) {
    const one = node(journal, clock);
    await one.start({ signal: caller.signal });
    await one.close();
    // Garbage that weak references saw in a turn of the event loop is kept until that turn ends.
    if (i % 10 === 9) await settle();
  }
  const opened = journal.events.filter((event) => event.startsWith('open')).length;
  expect(opened).toBe(6_000);
  expect(journal.events.filter((event) => event.startsWith('close'))).toHaveLength(opened);
  expect([...journal.open]).toEqual([]);
  expect(clock.armed).toBe(0);
  expect(caller.listeners()).toBe(0);
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(handles);
}, 60_000);

test('G7 two hundred failed starts of one node leave no handle, timer or listener', async () => {
  const journal = new Journal();
  const clock = new HandClock();
  const caller = countingSignal();
  const one = createNode({ clock, crypto }, [stack(journal), bind(journal, 'udp', { open: 'throws' })]);
  for (let i = 0; i < 200; i++) await one.start({ signal: caller.signal }).catch(() => {});
  expect(one.status().life).toBe('made');
  expect(journal.events.filter((event) => event.startsWith('close'))).toHaveLength(400);
  expect(clock.armed).toBe(0);
  expect(caller.listeners()).toBe(0);
}, 60_000);

test('G7 fifty nodes in one process know nothing of each other', async () => {
  const clock = new HandClock();
  const all = Array.from({ length: 50 }, (_, i) => {
    const journal = new Journal();
    return { journal, node: node(journal, clock, `node-${i}`) };
  });
  await Promise.all(all.map((it) => it.node.start()));
  const distinct = (of: (it: HeddleNode) => unknown): number => new Set(all.map((it) => of(it.node))).size;
  expect(distinct((it) => String(it.get(Tokens.Identity).machineKey.publicKey))).toBe(50);
  expect(distinct((it) => it.get(Toy))).toBe(50);
  expect(distinct((it) => it.get(Tokens.Pool))).toBe(50);
  expect(distinct((it) => it.status().hostname)).toBe(50);
  await Promise.all(all.slice(0, 25).map((it) => it.node.close()));
  for (const [i, it] of all.entries()) {
    expect(it.node.status().life).toBe(i < 25 ? 'closed' : 'running');
    expect(it.journal.open.size).toBe(i < 25 ? 0 : 6);
  }
  await Promise.all(all.map((it) => it.node.close()));
  expect(clock.armed).toBe(0);
});

test('a thousand replacements on a running node leave nothing behind', async () => {
  const journal = new Journal();
  const clock = new HandClock();
  const one = createNode({ clock }, [stack(journal), bind(journal, 'udp')]);
  await one.start();
  for (let i = 0; i < 1_000; i++) await one.replace(i % 2 === 0 ? 'udp' : 'other', bind(journal, i % 2 === 0 ? 'other' : 'udp'));
  expect([...journal.open]).toEqual(['stack', 'udp']);
  await one.close();
  expect([...journal.open]).toEqual([]);
  expect(clock.armed).toBe(0);
}, 60_000);

test('G7 a hundred starts and stops on the machine’s own clock leave no handle', async () => {
  const journal = new Journal();
  const handles = process.getActiveResourcesInfo().length;
  for (let i = 0; i < 100; i++) {
    const one = createNode({}, [stack(journal), bind(journal, 'udp'), selector(journal), control(journal), toy(journal), gadget(journal)]);
    await one.start();
    await one.close();
  }
  expect([...journal.open]).toEqual([]);
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(handles);
});
