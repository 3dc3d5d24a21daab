// @ts-check
// A Heddle node whose packets and flows are recorded while it runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { StaticControl, staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core/node';
import { Pcap, pcap, TrafficLog, trafficLog } from '@heddle/metrics';
import { fileSink, streamSink } from '@heddle/metrics/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';
import { wholeBody } from './socket-bodies.mjs';
import { swallow } from './socket-transfers.mjs';

/** @type {import('@heddle/core/node').SocketNode | undefined} */
let running;
/** @type {Map<string, import('@heddle/metrics').Recording>} */
const recordings = new Map();
/** What tshark has said so far. @type {string[]} */
const read = [];

function node() {
  if (running === undefined) throw new Error('the node is not started');
  return running;
}

/** @param {{ privateKey: string, port: number, addresses: string[], peer: { publicKey: string, endpoint: string, allowedIps: string[] } }} params */
async function start({ privateKey, port, addresses, peer }) {
  const config = { privateKey, addresses, mtu: 1420, listenPort: port, peers: [{ name: 'peer', ...peer }] };
  running = createNode({ hostname: 'lab' }, [staticControl(config), udp({ port, fallback: false }), netstack()]);
  await running.start();
}

/** The plugins come while the node runs: a flow that is there does not notice. @param {{ file: string }} params */
async function capture({ file }) {
  await node().add(pcap());
  recordings.set(
    'capture',
    node()
      .get(Pcap)
      .start({ to: await fileSink(file) }),
  );
}

/** Clear packets straight into a tshark, which ends with the capture. */
async function follow() {
  const argv = ['-l', '-i', '-', '-Y', 'icmp', '-T', 'fields', '-e', 'frame.comment'];
  const tshark = spawn('tshark', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: tshark.stdout }).on('line', (line) => void read.push(line));
  const to = streamSink(tshark.stdin, { end: true });
  recordings.set('follow', node().get(Pcap).start({ to, outer: false }));
}

/** @param {{ file: string, queueBytes?: number }} params */
async function log({ file, queueBytes }) {
  await node().add(trafficLog());
  const options = { to: await fileSink(file), ...(queueBytes && { queueBytes }) };
  recordings.set('log', node().get(TrafficLog).start(options));
}

/** @param {{ what: string }} params */
async function stop({ what }) {
  const recording = recordings.get(what);
  await recording?.stop();
  return recording?.counts;
}

/** Sends so many bytes, and asks the other side what came. @param {{ host: string, port: number, bytes: number }} params */
async function send({ host, port, bytes }) {
  const { whole, sha256 } = wholeBody(bytes);
  const socket = node().connect({ host, port });
  await once(socket, 'connect');
  socket.end(whole);
  const parts = [];
  for await (const part of socket) parts.push(part);
  return { sent: sha256, arrived: Buffer.concat(parts).toString() };
}

serve({
  start,
  capture,
  follow,
  followed: () => read,
  log,
  stop,
  send,
  counts: ({ what }) => recordings.get(what)?.counts,
  listen: async ({ port }) => void (await once(node().listen({ port, allowHalfOpen: true }, swallow), 'listening')),
  ping: ({ address }) => node().ping(address, { signal: AbortSignal.timeout(5_000) }),
  status: () => ({ drops: node().status().drops, plugins: node().status().plugins }),
  peers: () => node().get(StaticControl) !== undefined,
  close: () => node().close(),
});
