// @ts-check
// What nodes of one tailnet do with each other, whoever made them.
import assert from 'node:assert/strict';
import { nodeProcess } from '../lib/node-process.mjs';
import { site } from '../lib/site.mjs';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { PROXY_PORT, tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/tailscaled.mjs').Tailscaled} Tailscaled
 * @typedef {import('../lib/tailnet-node.mjs').TailnetNode} TailnetNode
 * @typedef {import('../lib/control-server.mjs').ControlServer} ControlServer
 *
 * @typedef {object} Web a web server and client in a tailnet
 * @property {(port: number, bytes?: number) => Promise<{ bytes: number, sha256: string }>} listen
 * @property {(url: string, timeout?: number) => Promise<{ status: number, bytes: number, sha256: string }>} get
 * @property {(url: string) => Promise<{ sent: string, received: string }>} put
 * @property {(url: string, seconds: number) => Promise<void>} beginTransfer of something that lasts so long; returns once it goes on
 * @property {() => Promise<{ bytes: number, whole: boolean, longestGap: number }>} endTransfer whether it came whole, and milliseconds without a byte
 */

export const BODY = 10 * 1024 * 1024;
export const KEY = 'lab-key';
/** Two ports for web servers, of which the filter opens the first. */
export const WEB_PORT = 8_000;
export const OTHER_PORT = 8_001;
/** tailcfg.FilterRule */
export const ONE_PORT = [{ SrcIPs: ['*'], IPProto: [6], DstPorts: [{ IP: '*', Ports: { First: WEB_PORT, Last: WEB_PORT } }] }];
/** Where a node of ours on the second host is reached, under the tailnet. */
const OURS = '10.77.0.12:41641';
/** How long a request is waited for that nobody shall answer. */
const SILENCE = 1_500;
/** How long one transfer may take on a busy machine. */
const TRANSFER_LIMIT = 20_000;

/**
 * A web server and client on the host of a tailscaled, which lets it into the tailnet by its device or by its proxy.
 * @param {Tailscaled} client
 */
export async function web(client) {
  const { channel } = await nodeProcess(client.host, 'web-peer.mjs', { name: 'web' });
  return webOver(channel, client.options.tun ? undefined : PROXY_PORT);
}

/**
 * The same in the process of a node of ours.
 * @param {TailnetNode} node
 */
export function ourWeb(node) {
  return webOver(node);
}

/**
 * @param {{ request(method: string, params: unknown, options?: { deadline?: number }): Promise<any> }} channel
 * @param {number} [proxyPort]
 * @returns {Web}
 */
export function webOver(channel, proxyPort) {
  const ask = (/** @type {string} */ method, /** @type {{ url: string, timeout: number, bytes?: number, seconds?: number }} */ target) =>
    channel.request(method, { ...target, proxyPort }, { deadline: target.timeout + 5_000 });
  return {
    listen: (port, bytes = BODY) => channel.request('listen', { port, bytes }),
    get: (url, timeout = TRANSFER_LIMIT) => ask('get', { url, timeout }),
    put: (url) => ask('put', { url, timeout: TRANSFER_LIMIT, bytes: BODY }),
    beginTransfer: (url, seconds) => ask('beginTransfer', { url, timeout: seconds * 1_000 + TRANSFER_LIMIT, seconds }),
    endTransfer: () => channel.request('endTransfer', {}, { deadline: 2 * TRANSFER_LIMIT }),
  };
}

/**
 * Makes a real client speak to its peers without disco: it then keeps to their endpoints from the map, and to where their packets come from.
 * Without this mark, magicsock sends nothing over UDP before a disco pong, and a peer without a disco key is none at all; and it looks at the
 * mark only when it first sees the peer, so this comes before. `tailscale ping` by disco gets no answer then: `--icmp` does.
 * @param {ControlServer} control
 * @param {string} client
 */
export function asPlainWireGuard(control, client) {
  return control.overlay('Peers.IsWireGuardOnly', true, client);
}

/**
 * 10 MB there and 10 MB back, and what was sent is what came.
 * @param {Web} from
 * @param {Web} to
 * @param {string} address of the second
 * @param {number} port
 */
export async function transfersBothWays(from, to, address, port) {
  const { sha256 } = await to.listen(port);
  const got = await from.get(`http://${address}:${port}/`);
  assert.deepEqual({ bytes: got.bytes, sha256: got.sha256 }, { bytes: BODY, sha256 });
  const { sent, received } = await from.put(`http://${address}:${port}/`);
  assert.equal(received, sent);
}

/**
 * A tailscaled with a stack of its own and one with a TUN device.
 * @param {Lab} lab
 */
export async function twoClients(lab) {
  const { hosts, control } = await site(lab, ['a', 'b'], { relay: true, flags: ['-auth-key', KEY] });
  const a = await tailscaled(hosts.a, { control, authKey: KEY });
  const b = await tailscaled(hosts.b, { control, authKey: KEY, tun: true });
  await a.peer('b', (peer) => peer.Online);
  await b.peer('a', (peer) => peer.Online);
  return { control, a, b };
}

/**
 * A node of ours on host b beside a tailscaled on host a, which speaks to it without disco.
 * @param {Lab} lab
 * @param {{ tun?: boolean }} [options] of the tailscaled
 */
export async function oursAndTheirs(lab, { tun = false } = {}) {
  const { hosts, control } = await site(lab, ['a', 'b'], { relay: true, flags: ['-auth-key', KEY] });
  const theirs = await tailscaled(hosts.a, { control, authKey: KEY, tun });
  await asPlainWireGuard(control, 'a');
  const ours = await tailnetNode(hosts.b, { control, authKey: KEY });
  const startedAfter = await ours.running();
  await ours.peer('a', (peer) => peer.online === true);
  await theirs.peer('b', (peer) => peer.Online);
  await until(lab, 'our endpoint is known', async () => (await control.node('b')).Endpoints?.includes(OURS));
  return { hosts, control, ours, theirs, startedAfter };
}

/**
 * Whether a page comes, over a connection of its own.
 * @param {Web} client
 * @param {string} url
 */
export function answers(client, url) {
  return client.get(url, SILENCE).then(
    () => true,
    () => false,
  );
}
