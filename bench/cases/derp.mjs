// @ts-check
import { relayNode } from '../../lab/lib/relay-node.mjs';
import { tailscaled } from '../../lab/lib/tailscaled.mjs';
import { KEY, web, webOver } from '../../lab/stories/control.mjs';
import { besideTailscaled } from '../../lab/stories/derp.mjs';

const BODY = 32 * 1024 * 1024;
const PORT = 8_000;
const LIMIT = 60_000;

/** @typedef {import('../../lab/stories/control.mjs').Web} Web */

/**
 * One body over HTTP, when the way is warm.
 * @param {Web} from
 * @param {Web} to
 * @param {string} address of the second
 */
async function throughput(from, to, address) {
  await to.listen(PORT, BODY);
  await to.listen(PORT + 1, 1024 * 1024);
  await from.get(`http://${address}:${PORT + 1}/`, LIMIT);
  const began = performance.now();
  const { bytes } = await from.get(`http://${address}:${PORT}/`, LIMIT);
  return { value: (bytes * 8) / (performance.now() - began) / 1_000 };
}

/** @param {import('../../lab/lib/lab.mjs').Lab} lab */
async function ours(lab) {
  const { hosts, control } = await besideTailscaled(lab);
  const tailnet = { url: control.url, authKey: KEY };
  const [a, b] = [await relayNode(hosts.a, { tailnet }), await relayNode(hosts.b, { tailnet })];
  const address = await addressOf(control, 'b');
  await a.reaches(address);
  return throughput(webOver(a), webOver(b), address);
}

/** @param {import('../../lab/lib/lab.mjs').Lab} lab */
async function theirs(lab) {
  const { hosts, control } = await besideTailscaled(lab);
  const a = await tailscaled(hosts.a, { control, authKey: KEY });
  const b = await tailscaled(hosts.b, { control, authKey: KEY });
  await a.peer('b', (peer) => peer.Online && peer.Relay !== '');
  return throughput(await web(a), await web(b), await b.address());
}

/**
 * @param {import('../../lab/lib/control-server.mjs').ControlServer} control
 * @param {string} name
 */
async function addressOf(control, name) {
  const node = await control.node(name);
  return node.Addresses?.[0]?.split('/')[0] ?? '';
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'derp',
    says: 'one HTTP download between two nodes of ours with netstack through a derper, against two tailscaled with theirs through the same; ours at least 1x',
    unit: 'Mbit/s',
    better: 'higher',
    needsLab: true,
    ours,
    reference: theirs,
  },
];
