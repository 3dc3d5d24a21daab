// @ts-check
// A Heddle node for the lab: static control, UDP, and a tiny IP host as its Stack.
import { setTimeout as sleep } from 'node:timers/promises';
import { StaticControl, staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { metrics } from '@heddle/metrics';
import { MetricsEndpoint, metricsEndpoint } from '@heddle/metrics/node';
import { memoryStack } from '@heddle/testing';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';
import { peerOf, staticPeer } from './static-peers.mjs';
import { blast, collect, transfer } from './traffic.mjs';

/** @type {import('@heddle/core').HeddleNode | undefined} */
let running;

function node() {
  if (running === undefined) throw new Error('the node is not started');
  return running;
}

/** @param {{ privateKey: string, port: number, addresses: string[], mtu: number, peers: any[], crypto?: import('@heddle/crypto').CryptoOptions['force'] }} params */
async function start({ privateKey, port, addresses, mtu, peers, crypto: force }) {
  const config = { privateKey, addresses, mtu, listenPort: port, peers: peers.map(staticPeer) };
  const crypto = chooseCrypto(force === undefined ? {} : { force });
  running = createNode({ hostname: 'lab', crypto }, [staticControl(config), udp({ port, fallback: false }), memoryStack()]);
  await running.start();
}

/** @param {{ publicKey: string }} params */
function peer({ publicKey }) {
  return peerOf(node(), publicKey);
}

/** @param {{ address: string, count: number, interval: number, wait: number }} params */
async function ping({ address, count, interval, wait }) {
  /** @type {{ n: number, rtt: number }[]} */
  const answers = [];
  const pings = [];
  for (let n = 0; n < count; n++) {
    pings.push(pingOnce(address, wait).then((rtt) => rtt !== undefined && answers.push({ n, rtt })));
    await sleep(interval * 1_000);
  }
  await Promise.all(pings);
  const rtts = answers.map(({ rtt }) => rtt);
  const inOrder = answers.every(({ n }, i) => i === 0 || n > (answers[i - 1]?.n ?? -1));
  const median = rtts.toSorted((a, b) => a - b)[Math.floor(rtts.length / 2)] ?? Number.NaN;
  const came = new Set(answers.map(({ n }) => n));
  const missing = pings.map((_, i) => i + 1).filter((seq) => !came.has(seq - 1));
  return { sent: count, received: answers.length, duplicates: 0, inOrder, rtts, median, missing };
}

/** @param {string} address @param {number} wait seconds; a loss is undefined */
async function pingOnce(address, wait) {
  const { ping: send } = node().flows;
  if (send === undefined) throw new Error('the Stack has no ping');
  try {
    return await send(address, { signal: AbortSignal.timeout(wait * 1_000) });
  } catch (fault) {
    if (/** @type {Error} */ (fault).name === 'TimeoutError') return undefined;
    throw fault;
  }
}

/** Switches metrics on while the node runs, at the first question; tells where they are. */
async function numbers() {
  if (
    !node()
      .status()
      .plugins.some(({ name }) => name === '@heddle/metrics')
  ) {
    await node().add(metrics({ eachPeer: true }));
    await node().add(metricsEndpoint());
  }
  return { url: node().get(MetricsEndpoint).url };
}

serve({
  start,
  peer,
  ping,
  setPeer: (params) => node().get(StaticControl).setPeer(staticPeer(params)),
  removePeer: ({ publicKey }) => node().get(StaticControl).removePeer(publicKey),
  metrics: numbers,
  status: () => node().status(),
  blast: (params) => blast(node().flows, params),
  collect: (params) => collect(node().flows, params),
  transfer: (params) => transfer(node().flows, params),
});
