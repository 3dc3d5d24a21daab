// @ts-check
// Places from where almost nothing leads out: one port, or an HTTP proxy.
import { readFile } from 'node:fs/promises';
import { CENTRE, hostIn, internet, PORT, routerIn } from '../lib/internet.mjs';
import { natRouter } from '../lib/nat.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { KEY } from './control.mjs';
import { certificateHash } from './derp.mjs';
import { certificateFor } from './funnel-ingress.mjs';
import { acquainted, ourMate, theirMate } from './mate.mjs';

/** @typedef {import('../lib/lab.mjs').Lab} Lab */

/** Where the control server answers with TLS. */
const CONTROL = '11.77.0.2';
const PROXY = { address: '10.78.1.1', port: 3128, password: 'pass word' };

/**
 * Our node where TCP to port 443 is all that leads out, and a tailscaled where nothing is in the way. Control and relay prove themselves.
 * @param {Lab} lab
 */
export async function only443(lab) {
  const { net, centre, control } = await internet(lab, { authKey: KEY, proof });
  await centre.ip('addr', 'add', `${CONTROL}/24`, 'dev', 'br0');
  const files = await certificateFor(centre, CONTROL);
  const front = { address: CONTROL, port: 443, to: { host: CENTRE, port: 8_080 }, ...files };
  await nodeProcess(centre, 'tls-front.mjs', { name: 'tls-front', env: { HEDDLE_LAB: JSON.stringify(front) } });
  const inside = await placeOf(net);
  await natRouter(inside.router, 'restricted', { outside: 'outside', inside: '', port: PORT });
  await inside.router.nft(`
    table inet wall {
      chain through { type filter hook forward priority -10; policy drop; tcp dport 443 accept; iifname "outside" ct state established accept; }
    }
  `);
  const web = { ca: [await readFile(files.ca, 'utf8')] };
  return acquaintances(net, inside, { ours: { control: { url: `https://${CONTROL}` }, web }, theirs: { control } });
}

/**
 * Our node where nothing leads out but an HTTP proxy that asks for a password; and what the proxy was asked.
 * @param {Lab} lab
 */
export async function onlyProxy(lab) {
  const { net, control } = await internet(lab, { authKey: KEY, proof });
  const inside = await placeOf(net);
  await inside.router.exec(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
  const proxy = await nodeProcess(inside.router, 'connect-proxy.mjs', { name: 'proxy', env: { HEDDLE_LAB: JSON.stringify(PROXY) } });
  const web = { proxy: `http://lab:${encodeURIComponent(PROXY.password)}@${PROXY.address}:${PROXY.port}` };
  const mates = await acquaintances(net, inside, { ours: { control, web }, theirs: { control } });
  return { ...mates, asked: () => /** @type {Promise<string[]>} */ (proxy.channel.request('asked')) };
}

/** @param {import('../lib/process.mjs').Process} relay */
async function proof(relay) {
  return { CertName: `sha256-raw:${await certificateHash(relay)}` };
}

/** @param {import('../lib/internet.mjs').Net} net */
function placeOf(net) {
  return routerIn(net, 'a-nat', { last: 11, inside: '10.78.1' });
}

/**
 * @param {import('../lib/internet.mjs').Net} net
 * @param {import('../lib/internet.mjs').Net} inside
 * @param {{ ours: { control: { readonly url: string }, web: object }, theirs: { control: { readonly url: string } } }} options
 */
async function acquaintances(net, inside, { ours, theirs }) {
  const [hostA, hostB] = [await hostIn(inside, 'a', 2), await hostIn(net, 'b', 12)];
  const [a, b] = await Promise.all([ourMate(hostA, { ...ours, authKey: KEY }), theirMate(hostB, { ...theirs, authKey: KEY })]);
  await acquainted([a, b]);
  return { a, b };
}
