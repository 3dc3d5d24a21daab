import { readFileSync } from 'node:fs';

/** Of the namespace where we are. */
const COUNTERS = '/proc/thread-self/net/dev';
/** Behind the name: eight columns of what was received, then bytes, packets, errors and drops of what was sent. */
const SENT_DROPS = 11;

/** Packets to an interface that found its queue full, from a text as in /proc/net/dev; 0 where it is not listed. */
export function droppedIn(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.trimStart().startsWith(`${name}:`));
  const columns = line
    ?.slice(line.indexOf(':') + 1)
    .trim()
    .split(/\s+/);
  return Number(columns?.[SENT_DROPS] ?? 0);
}

export function droppedOf(name: string): number {
  return droppedIn(readFileSync(COUNTERS, 'utf8'), name);
}
