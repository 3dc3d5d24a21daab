// @ts-check
// A Heddle node that joins a tailnet. It starts at once, as a program would, with what HEDDLE_LAB says, so that its start can be timed.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode, fileStore } from '@heddle/core/node';
import { disco } from '@heddle/path-disco';
import { netstack } from '@heddle/stack-netstack';
import { tun } from '@heddle/stack-tun';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';
import { shownPaths } from './shown-paths.mjs';
import { bodyServer, get, lastingTransfer, put } from './web.mjs';

/**
 * @typedef {object} Settings
 * @property {string} url of the control server
 * @property {string} hostname
 * @property {string} state folder
 * @property {string} [authKey]
 * @property {boolean} [ephemeral]
 * @property {number} port
 * @property {boolean} [tun] the kernel is its Stack
 * @property {boolean} [everywhere] with relays, and disco to find direct paths
 * @property {{ ca?: string[], proxy?: string }} [web] how control and relays are reached; relays prove themselves then
 */

/** @type {Settings} */
const settings = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const { url, hostname, state, authKey, ephemeral = false, port, tun: withTun = false, everywhere = false, web } = settings;
const control = ts2021({ ...web, url, hostname, ephemeral, ...(authKey === undefined ? {} : { authKey }) });
// The host's /etc is the machine's: its name servers stay.
const stack = withTun ? tun({ name: 'heddle0', dns: false, stateFolder: `${state}/tun` }) : netstack();
// The lab's relays make their certificates themselves.
const ways = everywhere ? [derp({ ...web, allowInsecure: web === undefined }), disco()] : [];
const parts = [control, udp({ port, fallback: false }), ...ways, stack];
const node = createNode({ hostname, state: fileStore(state), logger: toStandardError() }, parts);

/** The last change of the netmap. @type {import('@heddle/core').NetmapChange | undefined} */
let latest;
let changedAt = 0;
node.netmap$.subscribe((change) => {
  latest = change;
  changedAt = Date.now();
});

/**
 * The ways of the packets to each peer, by the first label of its name; since when.
 * @type {Map<string, { at: number, ways: string[], reason: string }>}
 */
const paths = new Map();
node.paths$.subscribe(({ peer, primary, also = [], reason }) => {
  const name = peer.name.split('.')[0] ?? '';
  const ways = [primary, ...also].flatMap((remote) => (remote === undefined ? [] : [remote.text]));
  if (ways.join() !== paths.get(name)?.ways.join()) paths.set(name, { at: Date.now(), ways, reason });
});

/** @type {import('@heddle/core').NodeState | undefined} */
let now;
/** Milliseconds from the start of this process to the state Running. @type {number | undefined} */
let runningAfter;
node.state$.subscribe((said) => {
  now = said;
  if (said.is === 'Running') runningAfter ??= performance.now();
});

/** @type {Awaited<ReturnType<typeof shownPaths>> | undefined} */
let seen;

const transfer = lastingTransfer();

serve({
  netmap,
  state: () => now,
  running: () => runningAfter,
  whois,
  ping: ({ address, timeout }) => node.ping(address, { signal: AbortSignal.timeout(timeout) }),
  listen,
  get: (params) => get({ agent: node.httpAgent() }, params),
  put: (params) => put({ agent: node.httpAgent() }, params),
  beginTransfer: (params) => transfer.begin({ agent: node.httpAgent() }, params),
  endTransfer: () => transfer.end(),
  paths: () => Object.fromEntries(paths),
  metrics: async () => {
    seen = await shownPaths(node);
    return { url: seen.url };
  },
  shownPaths: () => seen?.shown(),
  status: () => node.status(),
  inspected: () => inspect([node, control, node.status(), now, latest], { depth: 12, showHidden: true, maxArrayLength: 40 }),
  latest: () => ({ peers: latest?.map.peers.size ?? 0, seq: latest?.seq ?? 0, at: changedAt }),
  watch,
  watched,
  descriptors: () => readdirSync('/proc/self/fd').length,
  hold,
  heldAnswers,
  close: () => node.close(),
});
await node.start();

/** @type {import('node:stream').Duplex | undefined} */
let held;

/** Opens a connection to a web server, and asks nothing yet. @param {{ host: string, port: number }} params */
async function hold(params) {
  const socket = node.connect(params);
  await once(socket, 'connect');
  held = socket;
}

/** Asks over the connection that was held, and returns the first line of the answer. */
async function heldAnswers() {
  held?.write('GET / HTTP/1.1\r\nHost: held\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const part of held ?? []) answer += part;
  return answer.split('\r\n')[0];
}

/** Everything that is said, for the row's log. @returns {import('@heddle/core').Logger} */
function toStandardError() {
  const level = (/** @type {string} */ name) => (/** @type {object} */ fields, /** @type {string} */ message) =>
    void process.stderr.write(`${name} ${message} ${inspect(fields, { depth: 12, breakLength: Number.POSITIVE_INFINITY })}\n`);
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
}

const loop = monitorEventLoopDelay({ resolution: 1 });
let cpu = process.cpuUsage();

/** From now on it counts what it uses. */
function watch() {
  loop.reset();
  loop.enable();
  cpu = process.cpuUsage();
}

/** Milliseconds of delay of the event loop in 99 of 100 looks, megabytes, seconds of work. */
function watched() {
  const { user, system } = process.cpuUsage(cpu);
  // A look comes after its millisecond at the earliest.
  return { p99: loop.percentile(99) / 1e6 - 1, rss: process.memoryUsage.rss() / 2 ** 20, cpu: (user + system) / 1e6 };
}

/** Our own addresses and every peer, as plain values. */
function netmap() {
  const { self, peers } = latest?.map ?? { self: undefined, peers: [] };
  return { addresses: self?.addresses ?? [], name: self?.name, peers: [...peers].map(plainPeer) };
}

/** @param {import('@heddle/core').Peer} peer */
function plainPeer({ nodeKey, discoKey, presharedKey: _, capabilities, ...peer }) {
  const hex = (/** @type {Uint8Array | undefined} */ key) => key && Buffer.from(key).toString('hex');
  return { ...peer, nodeKey: hex(nodeKey), discoKey: hex(discoKey), capabilities: [...(capabilities?.keys() ?? [])] };
}

/** @param {{ address: string }} params */
function whois({ address }) {
  const found = node.whois(address);
  return (
    found && {
      name: found.peer.name,
      id: found.peer.id,
      user: found.user,
      tags: found.tags,
      capabilities: Object.fromEntries(found.capabilities),
    }
  );
}

/** @param {{ port: number, bytes: number }} params */
async function listen({ port: webPort, bytes }) {
  const { server, body } = bodyServer(bytes);
  await once(node.listen({ port: webPort }, server), 'listening');
  return body;
}
