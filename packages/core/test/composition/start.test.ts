import { createNode } from '@heddle/core';
import { expect, test } from 'vitest';
import { bind, control, gadget, Journal, selector, stack, toy } from './fake-parts.js';
import { HandClock } from './virtual-clock.js';

test('parts start in the order Stack, Bind, selector, Control, services by need, and stop in reverse', async () => {
  const journal = new Journal();
  const clock = new HandClock();
  const node = createNode({ clock }, [toy(journal), gadget(journal), control(journal), selector(journal), bind(journal), stack(journal)]);
  await node.start();
  const opened = journal.events.filter((event) => event.startsWith('open')).map((event) => event.slice(5));
  expect(opened).toEqual(['stack', 'bind', 'selector', 'control', 'gadget', 'toy']);
  await node.close();
  const closed = journal.events.filter((event) => event.startsWith('close')).map((event) => event.slice(6));
  expect(closed).toEqual(opened.toReversed());
  expect(journal.open.size).toBe(0);
  expect(clock.armed).toBe(0);
});
