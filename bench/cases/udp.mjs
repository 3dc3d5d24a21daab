// @ts-check
import { setTimeout as later } from 'node:timers/promises';
import { freePort } from '../rigs/free-port.mjs';
import { Asked } from '../rigs/processes.mjs';

const END = new URL('../rigs/udp-end.mjs', import.meta.url);
const LENGTH = 1_420;
const WARM_UP = 1_500;
const MEASURE = 2_000;

/**
 * Packets that arrive each second, and processor time of both ends for each of them.
 * @param {{ provider: string | null, batch: number, window: number }} kind
 */
async function throughput(kind) {
  const port = await freePort();
  const stop = new AbortController();
  const start = async (/** @type {string} */ role) => {
    const end = new Asked(END, [JSON.stringify({ ...kind, role, port, length: LENGTH })], stop.signal);
    await end.answer();
    return end;
  };
  const ends = [];
  try {
    ends.push(await start('receive'), await start('send'));
    await later(WARM_UP);
    const before = await counts(ends);
    await later(MEASURE);
    const after = await counts(ends);
    const packets = after.received - before.received;
    return { value: packets / (after.at - before.at), cpuPerPacket: (after.cpu - before.cpu) / packets };
  } finally {
    for (const end of ends) await end.end();
    stop.abort();
  }
}

/** @param {readonly Asked[]} ends */
async function counts(ends) {
  const [receiver, sender] = await Promise.all(ends.map((end) => end.ask('count')));
  return { at: performance.now(), received: receiver.received, cpu: receiver.cpu + sender.cpu };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'udp',
    says: 'two processes over node:dgram on one machine, 1420 bytes, against noble packet by packet; CPU of both ends; ours at least 2x',
    unit: 'kpackets/s',
    better: 'higher',
    ours: () => throughput({ provider: null, batch: 64, window: 512 }),
    reference: () => throughput({ provider: 'noble', batch: 1, window: 512 }),
  },
];
