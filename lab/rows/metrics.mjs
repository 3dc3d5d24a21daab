// @ts-check
// The numbers of a node against those of the kernel, and against Prometheus' own reader.
import assert from 'node:assert/strict';
import { command } from '../lib/command.mjs';
import { directly, INNER, PORT, tunnel } from '../lib/tunnel.mjs';

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

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = /** @type {const} */ ([4, 6]).map((outer) => ({
  id: `metrics-nft-ipv${outer}`,
  says: `metrics switched on while the node runs: packets and bytes over IPv${outer} as nft counts them, within 2 %; promtool reads the text`,
  seconds: 30,
  run: (/** @type {import('../lib/lab.mjs').Lab} */ lab) => compare(lab, outer),
}));
