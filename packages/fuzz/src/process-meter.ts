import { existsSync, readFileSync } from 'node:fs';
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
      // What the first collection finds, array buffers above all, is given back during the second.
      collect();
      collect();
      return memory === 'resident' ? residentBytes() : reachableBytes();
    },
  };
}

function reachableBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const STATUS = '/proc/self/status';

/** On Linux without the pages of the program's own file: those come and go with what other programs need, by tens of megabytes. */
function residentBytes(): number {
  const kibibytes = existsSync(STATUS) ? /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'latin1'))?.[1] : undefined;
  return kibibytes === undefined ? process.memoryUsage.rss() : Number(kibibytes) * 1024;
}
