import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextSet } from './text-set.js';

test('after any history it holds what a plain set holds, in the same order', () => {
  const step = fc.record({ text: fc.nat(20).map(String), add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const texts = new TextSet();
      const model = new Set<string>();
      for (const { text, add } of steps) {
        if (add) texts.add(text);
        else texts.delete(text);
        if (add) model.add(text);
        else model.delete(text);
        expect([texts.size, texts.has(text), texts.list()]).toEqual([model.size, add, [...model]]);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
