// @ts-check
// Loaded into a program of ours (`NODE_OPTIONS=--import …`): each minute it collects garbage and notes what is left, in HEAP_LOG.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env.HEAP_LOG;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
if (file !== undefined)
  setInterval(() => {
    collect();
    appendFileSync(file, `${process.uptime()} ${process.memoryUsage().heapUsed}\n`);
  }, 60_000).unref();
