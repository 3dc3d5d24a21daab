// @ts-check
// A node of a tailnet that has nothing but relays, doing what interop/tsnet does: node relayed-node.mjs '{"what": "serve", …}'.
// It says its address; who measures then says what it measured.
import { once } from 'node:events';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';

/**
 * @typedef {object} Settings
 * @property {'serve' | 'measure'} what
 * @property {string} url of the control server
 * @property {string} authKey
 * @property {string} hostname
 * @property {string} [peer] address of the server inside
 * @property {number} [seconds] to send for
 * @property {number} [connections] to open one after the other
 *
 * @typedef {{ bytes: number, seconds: number, cpu: number }} Moved
 */

/** @type {Settings} */
const { what, url, authKey, hostname, peer = '', seconds = 3, connections = 500 } = JSON.parse(String(process.argv[2]));
const PORT = 7_001;
const CHUNK = 64 * 1024;
const PATIENCE = 30_000;
const PING = 250;
/** On a busy machine the compiler of the code that is used most has no time, either. */
const WARM_UP = 1;

const node = createNode({ hostname }, [
  ts2021({ url, authKey, hostname, ephemeral: true }),
  // The lab's relays make their certificates themselves.
  derp({ allowInsecure: true }),
  netstack(),
]);
process.once('SIGTERM', () => process.exit());
await node.start({ signal: AbortSignal.timeout(PATIENCE) });
if (what === 'serve') await serve();
say({ address: await address() });
if (what === 'measure') say(await measure());

/** @param {object} event */
function say(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** @returns {Promise<string>} */
function address() {
  return new Promise((resolve) => {
    node.netmap$.subscribe(({ map }) => {
      const own = map.self?.addresses[0]?.split('/')[0];
      if (own !== undefined) resolve(own);
    });
  });
}

/** Answers each stream with the number of bytes that it had. */
async function serve() {
  const server = node.listen({ port: PORT, allowHalfOpen: true }, (socket) => {
    let total = 0;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      total += bytes.length;
    });
    socket.on('end', () => socket.end(String(total)));
  });
  await once(server, 'listening');
}

/** Waits for a way to the server and warms up, so that neither a handshake nor a compiler is in what it reports. */
async function measure() {
  await reach();
  for (let n = 0; n < 3; n++) await move(WARM_UP);
  const moved = await move(seconds);
  await connect(connections);
  return { moved, connected: await connect(connections) };
}

async function reach() {
  const due = performance.now() + PATIENCE;
  while (performance.now() < due) {
    const found = await node.ping(peer, { signal: AbortSignal.timeout(PING) }).catch(() => undefined);
    if (found !== undefined) return;
  }
  throw new Error(`no way to ${peer}`);
}

/**
 * Writes for so many seconds, and stops its clock at the answer.
 * @param {number} duration
 * @returns {Promise<Moved>}
 */
async function move(duration) {
  const socket = node.connect({ host: peer, port: PORT });
  await once(socket, 'connect');
  const chunk = Buffer.alloc(CHUNK);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const due = began + duration * 1_000;
  while (performance.now() < due) if (!socket.write(chunk)) await once(socket, 'drain');
  socket.end();
  let text = '';
  for await (const part of socket) text += part;
  const { user, system } = process.cpuUsage(cpu);
  return { bytes: Number(text), seconds: (performance.now() - began) / 1_000, cpu: (user + system) / 1e6 };
}

/**
 * Opens connections one after the other and closes each before the next; milliseconds that each took to open.
 * @param {number} count
 */
async function connect(count) {
  const taken = [];
  for (let n = 0; n < count; n++) {
    const began = performance.now();
    const socket = node.connect({ host: peer, port: PORT });
    await once(socket, 'connect');
    taken.push(performance.now() - began);
    socket.resume().end();
    await once(socket, 'close');
  }
  return taken;
}
