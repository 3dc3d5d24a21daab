import { expect, test } from 'vitest';
import { counting } from '../test/offers.js';
import { KeySlots } from './key-slots.js';

test('unload wipes the key in place', () => {
  const slots = new KeySlots();
  const slot = slots.load(counting(32, 1));
  const held = slots.at(slot);
  slots.unload(slot);
  expect(held).toEqual(new Uint8Array(32));
});

test('a thousand loads and unloads use one slot', () => {
  const slots = new KeySlots();
  const used = new Set<number>();
  for (let i = 0; i < 1000; i++) {
    const slot = slots.load(counting(32));
    used.add(slot);
    slots.unload(slot);
  }
  expect([...used]).toEqual([0]);
});
