import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { GoodStack } from '../mutants/good-stack.js';
import { stackMutants } from '../mutants/stack-mutants.js';
import { stackRules } from './rules.js';

const host = nodeHost(process);
/** Four times what the good Stack holds back. */
const queueLimit = 2_048;

describe('a Stack that keeps every rule passes', () => {
  runRules(test, stackRules, { host, offers: [], queueLimit, make: () => ({ stack: new GoodStack() }) });
});

describe('a Stack that', () => {
  test.each(stackMutants)('$fault is killed by $rule', async ({ rule: id, word, make }) => {
    const rule = stackRules.find((each) => each.id === id);
    expect(rule, `there is a rule ${id}`).toBeDefined();
    await expect(rule!.run({ host, offers: ['stack.ping', 'stack.udp'], queueLimit, make: () => ({ stack: make() }) })).rejects.toThrow(
      word,
    );
  });
});

test('every rule of a Stack has an id of its own and kills at least one mutant', () => {
  const ids = stackRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const killers = new Set(stackMutants.map(({ rule }) => rule));
  expect(ids.filter((id) => !killers.has(id))).toEqual([]);
});
