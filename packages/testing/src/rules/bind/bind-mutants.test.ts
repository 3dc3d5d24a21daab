import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { bindMutants } from '../mutants/bind-mutants.js';
import { Exchange } from '../mutants/good-bind.js';
import type { BindHarness } from './harness.js';
import { bindRules } from './rules.js';

describe('a Bind that', () => {
  test.each(bindMutants)('$fault is killed by $rule', async ({ rule: id, word, make }) => {
    const harness: BindHarness = {
      host: nodeHost(process),
      queueLimit: 8_192,
      make() {
        const exchange = new Exchange();
        return { a: make(exchange, 'a'), b: make(exchange, 'b'), c: make(exchange, 'c'), toA: () => 'good:a', toB: () => 'good:b' };
      },
    };
    const rule = bindRules.find((each) => each.id === id);
    expect(rule, `there is a rule ${id}`).toBeDefined();
    await expect(rule!.run(harness)).rejects.toThrow(word);
  });
});

test('every rule of a Bind has an id of its own, and kills at least one mutant of the table or says what a good one does', () => {
  const ids = bindRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const killers = new Set(bindMutants.map(({ rule }) => rule));
  expect(ids.filter((id) => !killers.has(id))).toEqual([]);
});
