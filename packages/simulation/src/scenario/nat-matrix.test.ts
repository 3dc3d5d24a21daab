import { describe, test } from 'vitest';
import { play } from './play.js';
import type { NatKind, Scenario } from './scenario.js';

const KINDS: readonly NatKind[] = ['none', 'full cone', 'port restricted', 'symmetric'];
const HARD = new Set(['symmetric × symmetric', 'symmetric × port restricted', 'port restricted × symmetric']);

describe('E6: whole nodes over real transports', () => {
  for (const [a, b] of KINDS.flatMap((left) => KINDS.map((right) => [left, right] as const))) {
    const stays = HARD.has(`${a} × ${b}`);
    const scenario: Scenario = {
      says: `${a} × ${b}: connected within two seconds, then ${stays ? 'the relay stays' : 'direct within five'}`,
      nodes: { ann: { nat: a }, bob: { nat: b } },
      steps: [
        { expect: 'connected', within: 2_000 },
        ...(stays
          ? [{ pass: 5_000 }, { expect: 'relay', within: 0, silence: 2_000 } as const]
          : [{ expect: 'direct', within: 5_000 } as const]),
      ],
    };
    test(scenario.says, () => play(scenario, { seed: scenario.says }));
  }

  test('behind two NATs each: direct within five seconds', () =>
    play(
      { says: '', nodes: { ann: { nat: 'double' }, bob: { nat: 'double' } }, steps: [{ expect: 'direct', within: 5_000 }] },
      { seed: 1 },
    ));
});
