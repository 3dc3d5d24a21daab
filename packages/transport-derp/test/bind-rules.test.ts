import { bindRules, nodeHost, runRules, VirtualClock, virtualTime } from '@heddle/testing';
import { describe, test } from 'vitest';
import { RelayBench, relayMap } from './relay-bench.js';

describe('derp over simulated hosts keeps every rule of a Bind', () => {
  // The simulated network has events of its own for each segment, so promises are counted elsewhere.
  const host = { ...nodeHost(process), countAsync: () => () => 0 };
  runRules(test, bindRules, {
    host,
    places: (n) => `derp:900/${n.toString(16).padStart(8, '0').repeat(8)}`,
    async make() {
      const clock = new VirtualClock({ now: 1_000 });
      const bench = new RelayBench(clock);
      const relay = await bench.relay('relay');
      const map = relayMap([relay.node]);
      const [a, b, c] = ['a', 'b', 'c'].map((name) => bench.bind(name, map).bind);
      return { a: a!, b: b!, c: c!, time: virtualTime(clock, host), end: () => relay.close() };
    },
  });
});
