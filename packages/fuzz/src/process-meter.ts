import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Meter } from './harness.js';

/**
 * Measures this process. `resident` is what B1 limits; it means something only in a process whose young generation keeps its size, as
 * scripts/fuzz.mjs starts it. `reachable` counts what is still in use, in any process.
 */
export function processMeter(memory: 'resident' | 'reachable'): Meter {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return {
    now: () => performance.now(),
    memoryBytes() {
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      return memory === 'resident' ? rss : heapUsed + external;
    },
  };
}
