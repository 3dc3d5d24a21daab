import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Meter } from './harness.js';

/** Measures this process. Its resident memory, which B1 limits, means something only where the young generation keeps its size, as scripts/fuzz.mjs starts it. */
export function processMeter(): Meter {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return {
    now: () => performance.now(),
    busy: () => microseconds(process.cpuUsage()) / 1_000,
    memoryBytes() {
      // What the first collection finds, array buffers above all, is given back during the second.
      collect();
      collect();
      return residentBytes();
    },
  };
}

const STATUS = '/proc/self/status';

/** On Linux without the pages of the program's own file: those come and go with what other programs need, by tens of megabytes. */
function residentBytes(): number {
  const kibibytes = existsSync(STATUS) ? /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'latin1'))?.[1] : undefined;
  return kibibytes === undefined ? process.memoryUsage.rss() : Number(kibibytes) * 1024;
}

function microseconds({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
