// @ts-check
// The numbers of a node against those of the kernel, and against Prometheus' own reader.
import assert from 'node:assert/strict';
import { command } from '../lib/command.mjs';
import { directly, INNER, PORT, tunnel } from '../lib/tunnel.mjs';
import { until } from '../lib/wait.mjs';
import { dropUdp, openUdp, pairOf, talking } from '../stories/paths.mjs';

/** How far our counts may be from the kernel's. */
const APART = 0.02;
const PINGS = { count: 300, interval: 0.005, size: 1_200 };
/** What the kernel counts below our bytes: the headers of IP and UDP. */
const HEADERS = { 4: 20 + 8, 6: 40 + 8 };

const COUNTERS = `table inet counted {
  counter inbound {}
  counter outbound {}
  chain in { type filter hook input priority 0; udp dport ${PORT} counter name inbound; }
  chain out { type filter hook output priority 0; udp sport ${PORT} counter name outbound; }
}`;

/**
 * @param {import('../lib/namespace.mjs').Namespace} host
 * @param {'inbound' | 'outbound'} way
 * @returns {Promise<{ packets: number, bytes: number }>}
 */
async function kernelCount(host, way) {
  const said = await host.exec(['nft', '-j', 'list', 'counter', 'inet', 'counted', way]);
  return JSON.parse(said).nftables[1].counter;
}

/**
 * One value of a text of Prometheus.
 * @param {string} text
 * @param {string} series
 */
function valueIn(text, series) {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  assert.ok(line, `${series} is not in the text`);
  return Number(line.slice(series.length + 1));
}

/**
 * @param {string} what
 * @param {number} ours
 * @param {number} kernel
 */
function close(what, ours, kernel) {
  assert.ok(Math.abs(ours - kernel) <= APART * kernel, `${what}: ours ${ours}, the kernel's ${kernel}`);
  return `${what} ${(ours / kernel).toFixed(4)}`;
}

/**
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {4 | 6} outer
 */
async function compare(lab, outer) {
  const underlay = await directly(lab);
  await underlay.a.nft(COUNTERS);
  const { a, b } = await tunnel(underlay, { left: 'ours', right: 'current', outer });
  const node = /** @type {import('../lib/our-node.mjs').OurNode} */ (a);
  assert.ok((await b.ping(INNER.a[4], PINGS)).received > PINGS.count * 0.9);
  const { url } = await node.request('metrics');
  const text = await a.host.exec(['curl', '-sSf', url]);
  await command(['promtool', 'check', 'metrics'], { input: text });
  const path = `direct_ipv${outer}`;
  for (const way of /** @type {const} */ (['inbound', 'outbound'])) {
    const kernel = await kernelCount(a.host, way);
    const packets = valueIn(text, `heddle_${way}_packets_total{path="${path}"}`);
    const bytes = valueIn(text, `heddle_${way}_bytes_total{path="${path}"}`);
    lab.note(close(`${way} packets`, packets, kernel.packets));
    lab.note(close(`${way} bytes`, bytes + packets * HEADERS[outer], kernel.bytes));
  }
  assert.equal(valueIn(text, `heddle_peers{path="${path}",reason="last authenticated packet came from here"}`), 1);
  const refused = await a.host.exec(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Host: evil.example', url]);
  assert.equal(refused, '403', 'a page whose name was bent to this machine reads nothing');
}

/** Milliseconds until a change of path stands in the text. */
const SHOWN = 1_000;

/**
 * Peers by their path and its reason, as somebody asks who is relayed and why.
 * @param {string} text
 */
function peersByPath(text) {
  const found = text.matchAll(/^heddle_peers\{path="([^"]*)",reason="([^"]*)"\} (\d+)$/gm);
  return [...found].map(([, path, reason, count]) => ({ path, reason, count: Number(count) }));
}

/** @param {import('../lib/lab.mjs').Lab} lab */
async function changes(lab) {
  const { a, b } = await pairOf(lab, { left: 'ours', right: 'ours', noUdp: 'both' });
  const node = /** @type {import('../lib/tailnet-node.mjs').TailnetNode} */ (a.node);
  const { url } = await node.request('metrics');
  const seen = async () => peersByPath(await a.host.exec(['curl', '-sSf', url]));
  /** @param {string} path @param {string} what */
  const comes = (path, what) => until(lab, what, async () => (await seen()).find((row) => row.path === path && row.count === 1));
  await talking(a, b, async () => {
    const relayed = await comes('derp', 'the text says who is relayed');
    for (const { host } of [a, b]) await openUdp(host);
    const direct = await comes('direct_ipv4', 'the text says who is direct');
    for (const { host } of [a, b]) await dropUdp(host);
    const again = await comes('derp', 'the text says who is relayed again');
    for (const row of [relayed, direct, again]) lab.note(`${row?.path}: ${row?.reason}`);
  });
  const shown = await node.request('shownPaths');
  assert.ok(shown.length >= 2, `only ${shown.length} changes were seen`);
  const slowest = Math.max(...shown.map((/** @type {{ after: number }} */ { after }) => after));
  lab.note(`each of ${shown.length} changes was shown after at most ${Math.round(slowest)} ms`);
  // On a busy machine a scrape itself may take long; the first one tells of it all the same.
  const isSoon = (/** @type {{ after: number, looks: number }} */ { after, looks }) => after <= SHOWN || looks === 1;
  assert.ok(shown.every(isSoon), JSON.stringify(shown));
}

/** @type {readonly import('../run.mjs').Row[]} */
const agreements = /** @type {const} */ ([4, 6]).map((outer) => ({
  id: `metrics-nft-ipv${outer}`,
  says: `metrics switched on while the node runs: packets and bytes over IPv${outer} as nft counts them, within 2 %; promtool reads the text`,
  seconds: 30,
  run: (/** @type {import('../lib/lab.mjs').Lab} */ lab) => compare(lab, outer),
}));

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  ...agreements,
  {
    id: 'metrics-path-changes',
    says: `who is relayed and why is one family; each change from the relay to the direct path and back stands in the text within ${SHOWN} ms`,
    waits: true,
    run: changes,
  },
];
