import { expect, test } from 'vitest';
import { IndexTable } from './index-table.js';

test('an index that is taken is not given out again', () => {
  const values = [7, 7, 7, 8];
  const table = new IndexTable<string>((into) => new DataView(into.buffer).setUint32(0, values.shift()!));
  expect(table.allocate('a')).toBe(7);
  expect(table.allocate('b')).toBe(8);
  expect([table.get(7), table.get(8), table.size]).toEqual(['a', 'b', 2]);
});

test('all 32 bits count, also above 2^31', () => {
  const table = new IndexTable<string>((into) => into.fill(0xff));
  expect(table.allocate('a')).toBe(0xffffffff);
  expect(table.get(0xffffffff)).toBe('a');
  table.replace(0xffffffff, 'b');
  expect(table.get(0xffffffff)).toBe('b');
  table.release(0xffffffff);
  expect([table.get(0xffffffff), table.size]).toEqual([undefined, 0]);
});
