import type { PathSelector } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { goodSelector } from '../mutants/good-selector.js';
import { pathSelectorMutants } from '../mutants/path-selector-mutants.js';
import { pathSelectorRules } from './rules.js';

const host = nodeHost(process);

/** As core's own. */
const followsLast: PathSelector = {
  contract: 1,
  decide: ({ lastAuthenticated, configured }) => ({ primary: lastAuthenticated ?? configured[0], reason: 'last authenticated' }),
};

describe('a PathSelector with a prober passes', () => runRules(test, pathSelectorRules, { host, make: goodSelector }));

describe('a policy alone passes', () => runRules(test, pathSelectorRules, { host, make: () => followsLast }));

describe('a PathSelector that', () => {
  test.each(pathSelectorMutants)('$fault is killed by $rule', async ({ rule: id, word, make }) => {
    const rule = pathSelectorRules.find((each) => each.id === id);
    await expect(rule!.run({ host, make })).rejects.toThrow(word);
  });
});

test('every rule of a PathSelector kills at least one mutant', () => {
  const killers = new Set(pathSelectorMutants.map(({ rule }) => rule));
  expect(pathSelectorRules.map(({ id }) => id).filter((id) => !killers.has(id))).toEqual([]);
});
