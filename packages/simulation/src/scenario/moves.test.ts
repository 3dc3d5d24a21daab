import { test } from 'vitest';
import { play } from './play.js';
import type { Scenario } from './scenario.js';

test('E10: of four nodes two move at the same time, each to a place of its own', () => {
  const fourNodes: Scenario = {
    says: 'the first and the fourth get other addresses',
    nodes: { ann: {}, bob: { nat: 'port restricted' }, cat: { nat: 'full cone' }, dan: {} },
    steps: [
      { expect: 'direct', within: 5_000 },
      { do: 'move', node: 'ann' },
      { do: 'move', node: 'dan' },
      { pass: 2_000 },
      { expect: 'direct', within: 8_000 },
    ],
  };
  return play(fourNodes, { seed: 1 });
});
