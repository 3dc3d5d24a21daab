// @ts-check

import { newKeyPair } from '../../lab/lib/wg.mjs';
import { program } from '../../lab/peers.mjs';
import { freePort } from '../rigs/free-port.mjs';
import { Asked } from '../rigs/processes.mjs';
import { Reporter } from '../rigs/reporter.mjs';

const RIG = new URL('../rigs/stream-node.mjs', import.meta.url);
const SECONDS = 3;
const ADDRESS = { sink: '10.88.0.2', send: '10.88.0.1' };
/** What a full packet carries beside IPv4, TCP and its timestamps. */
const PAYLOAD = 1_420 - 20 - 32;

/**
 * @typedef {'sink' | 'send'} Role
 * @typedef {{ bytes: number, seconds: number, cpu: number }} Moved cpu: seconds of the sender's process
 */

/** Keys and ports of both ends, on the loopback of this machine. */
async function ends() {
  const end = async (/** @type {Role} */ what) => ({ what, keys: newKeyPair(), port: await freePort(), address: ADDRESS[what] });
  return { sink: await end('sink'), send: await end('send') };
}

/** @typedef {Awaited<ReturnType<typeof ends>>[Role]} End */

/** @param {End} peer */
const endpointOf = (peer) => `127.0.0.1:${peer.port}`;

/** @param {Moved} moved */
const figure = ({ bytes, seconds, cpu }) => ({ value: (bytes * 8) / seconds / 1e6, cpuPerPacket: (cpu * 1e6) / (bytes / PAYLOAD) });

async function ours() {
  const { sink, send } = await ends();
  const stop = new AbortController();
  const start = (/** @type {End} */ { what, keys, port, address }, /** @type {End} */ peer) => {
    const other = { key: peer.keys.public, endpoint: endpointOf(peer), address: peer.address };
    return new Asked(RIG, [JSON.stringify({ what, key: keys.private, port, address, peer: other, seconds: SECONDS })], stop.signal);
  };
  const children = [start(sink, send)];
  try {
    await children[0]?.answer();
    const sender = start(send, sink);
    children.push(sender);
    return figure(await sender.answer());
  } finally {
    for (const child of children) await child.end();
    stop.abort();
  }
}

async function untunedGo() {
  const { sink, send } = await ends();
  const path = await program('untuned-go');
  const start = (/** @type {End} */ { what, keys, port, address }, /** @type {End} */ peer) =>
    new Reporter(path, [
      ...['-key', keys.private, '-port', String(port), '-address', address],
      ...['-peer', peer.keys.public, '-endpoint', endpointOf(peer), '-peer-address', peer.address],
      ...['-seconds', String(SECONDS), what],
    ]);
  const children = [start(sink, send)];
  try {
    await children[0]?.report();
    const sender = start(send, sink);
    children.push(sender);
    return figure(/** @type {Moved} */ (await sender.report()));
  } finally {
    for (const child of children) await child.end();
  }
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'netstack-wireguard',
    says: `two processes over WireGuard on loopback, no root, one stream: udp() and netstack() over dgram against Go with wireguard-go and its netstack as they come; at least 1.3x; CPU of the sender`,
    unit: 'Mbit/s',
    better: 'higher',
    ours,
    reference: untunedGo,
  },
];
