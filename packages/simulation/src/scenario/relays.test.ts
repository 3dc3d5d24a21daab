import { test } from 'vitest';
import { play } from './play.js';
import type { Scenario } from './scenario.js';

/** Without UDP on one side all goes by relay. */
const RELAYED: Scenario['nodes'] = { ann: {}, bob: { nat: 'port restricted', blocked: true } };

test('D5: the only relay is restarted: traffic is back within five seconds after it listens', () =>
  play(
    {
      says: '',
      nodes: RELAYED,
      steps: [
        { expect: 'relay', within: 2_000 },
        { do: 'stop-relay', relay: 0 },
        { pass: 4_000 },
        { do: 'start-relay', relay: 0 },
        { expect: 'connected', within: 5_000 },
      ],
    },
    { seed: 1 },
  ));

test('D4: the home relay of both is gone: traffic is back by another region within five seconds', () =>
  play(
    {
      says: '',
      nodes: RELAYED,
      relays: [5, 20],
      steps: [
        { expect: 'relay', within: 2_000 },
        { pass: 2_000 },
        { do: 'stop-relay', relay: 0 },
        { expect: 'connected', within: 5_000, silence: 5_000 },
      ],
    },
    { seed: 1 },
  ));
