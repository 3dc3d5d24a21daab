import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { play } from './play.js';
import type { Scenario } from './scenario.js';

const FOLDER = new URL('../../scenarios/', import.meta.url);

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

for (const file of files) {
  const scenario: Scenario = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  test(scenario.says, () => play(scenario, { seed: file }));
}

test('a scenario whose expectation does not come says which step it was', async () => {
  const scenario: Scenario = { says: '', nodes: { ann: {}, bob: { blocked: true } }, steps: [{ expect: 'direct', within: 3_000 }] };
  await expect(play(scenario, { seed: 1 })).rejects.toThrow(/step 0: not direct within 3000 ms: ann > bob relay/);
});
