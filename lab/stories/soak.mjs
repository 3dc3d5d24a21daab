// @ts-check
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startPeer } from '../lib/peer.mjs';
import { directly, INNER, PORT, peerOf } from '../lib/tunnel.mjs';
import { newKeyPair } from '../lib/wg.mjs';

const REPORTER = fileURLToPath(new URL('../nodes/heap-reporter.mjs', import.meta.url));
const SECONDS = 3_600;
/** The heap settles in this time. */
const WARM_UP = 600;
const RATE = 20e6;

/**
 * An hour of TCP at 20 Mbit/s while the configuration changes each second.
 * @param {import('../lib/lab.mjs').Lab} lab
 */
export async function soak(lab) {
  const { a, b } = await directly(lab);
  const keys = { a: newKeyPair(), b: newKeyPair() };
  const heapLog = (/** @type {string} */ side) => lab.path(`heap-${side}`);
  const start = (/** @type {'a' | 'b'} */ side) =>
    startPeer(side === 'a' ? a : b, 'wg', {
      key: keys[side],
      port: PORT,
      addresses: [`${INNER[side][4]}/24`],
      env: { LOG_LEVEL: 'error', NODE_OPTIONS: `--import ${REPORTER}`, HEAP_LOG: heapLog(side) },
    });
  const [left, right] = [await start('a'), await start('b')];
  await left.setPeer(peerOf('b', keys.b.public));
  await right.setPeer(peerOf('a', keys.a.public));
  const server = await b.start('iperf3', ['iperf3', '-s', '-1', '--forceflush']);
  await server.says(lab, 'listening');
  const changing = changeEachSecond(lab, left, keys.b.public);
  const argv = ['iperf3', '-c', INNER.b[4], '-b', `${RATE}`, '-t', `${SECONDS}`, '-J'];
  const report = JSON.parse(await a.exec(argv, { deadline: (SECONDS + 60) * 1_000 }));
  const changes = await changing.stop();
  const megabits = report.end.sum_received.bits_per_second / 1e6;
  assert.ok(megabits > (0.98 * RATE) / 1e6, `${megabits} Mbit/s arrived`);
  const slopes = [await slope(heapLog('a')), await slope(heapLog('b'))];
  lab.note(`${megabits.toFixed(2)} Mbit/s, ${changes} changes, heap ${slopes.map((each) => each.toFixed(2)).join(' and ')} MB/h`);
  assert.ok(Math.max(...slopes) < 1, `the heap grows by ${slopes} MB/h`);
}

/**
 * Another peer comes and goes, and the keepalive of the one in use changes.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {import('../lib/peer.mjs').Peer} of
 * @param {string} publicKey
 */
function changeEachSecond(lab, of, publicKey) {
  let changes = 0;
  let stopped = false;
  const run = async () => {
    while (!stopped && !lab.signal.aborted) {
      const guest = newKeyPair().public;
      await of.setPeer({ publicKey: guest, allowedIps: [`10.99.${changes % 250}.0/24`], endpoint: '10.77.0.9:1' });
      await of.setPeer({ ...peerOf('b', publicKey), keepalive: changes % 2 === 0 ? 25 : 0 });
      await of.removePeer(guest);
      changes += 1;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    return changes;
  };
  const running = run();
  return {
    stop() {
      stopped = true;
      return running;
    },
  };
}

/**
 * Megabytes an hour, by least squares over what was left after each collection.
 * @param {string} file
 */
async function slope(file) {
  const rows = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const settled = rows.flatMap(([time = 0, heap = 0]) => (time > WARM_UP ? [{ hours: time / 3_600, megabytes: heap / 1e6 }] : []));
  assert.ok(settled.length > 10, 'enough was noted');
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(settled.map(({ hours }) => hours)), mean(settled.map(({ megabytes }) => megabytes))];
  const above = settled.reduce((sum, { hours, megabytes }) => sum + (hours - x) * (megabytes - y), 0);
  return above / settled.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0);
}
