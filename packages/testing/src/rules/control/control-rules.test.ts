import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { controlMutants, goodControl } from '../mutants/control-mutants.js';
import { controlRules } from './rules.js';

const host = nodeHost(process);

describe('the memory Control passes', () => runRules(test, controlRules, { host, make: goodControl }));

describe('a Control that', () => {
  test.each(controlMutants)('$fault is killed by $rule', async ({ rule: id, word, make }) => {
    const rule = controlRules.find((each) => each.id === id);
    await expect(rule!.run({ host, make })).rejects.toThrow(word);
  });
});

test('every rule of a Control kills at least one mutant', () => {
  const killers = new Set(controlMutants.map(({ rule }) => rule));
  expect(controlRules.map(({ id }) => id).filter((id) => !killers.has(id))).toEqual([]);
});
