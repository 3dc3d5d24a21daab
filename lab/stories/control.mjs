// @ts-check
// What nodes of one tailnet do with each other, whoever made them.
import assert from 'node:assert/strict';
import { nodeProcess } from '../lib/node-process.mjs';
import { PROXY_PORT } from '../lib/tailscaled.mjs';

/**
 * @typedef {import('../lib/tailscaled.mjs').Tailscaled} Tailscaled
 * @typedef {import('../lib/tailnet-node.mjs').TailnetNode} TailnetNode
 * @typedef {import('../lib/control-server.mjs').ControlServer} ControlServer
 *
 * @typedef {object} Web a web server and client in a tailnet
 * @property {(port: number, bytes?: number) => Promise<{ bytes: number, sha256: string }>} listen
 * @property {(url: string, timeout?: number) => Promise<{ status: number, bytes: number, sha256: string }>} get
 * @property {(url: string) => Promise<{ sent: string, received: string }>} put
 */

export const BODY = 10 * 1024 * 1024;
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
function webOver(channel, proxyPort) {
  const ask = (/** @type {string} */ method, /** @type {{ url: string, timeout: number, bytes?: number }} */ target) =>
    channel.request(method, { ...target, proxyPort }, { deadline: target.timeout + 5_000 });
  return {
    listen: (port, bytes = BODY) => channel.request('listen', { port, bytes }),
    get: (url, timeout = TRANSFER_LIMIT) => ask('get', { url, timeout }),
    put: (url) => ask('put', { url, timeout: TRANSFER_LIMIT, bytes: BODY }),
  };
}

/**
 * Makes a real client speak to its peers without disco: it then keeps to their endpoints from the map, and to where their packets come from.
 * Without this mark, magicsock sends nothing over UDP before a disco pong, and a peer without a disco key is none at all; and it looks at the
 * mark only when it first sees the peer, so this comes before.
 * @param {ControlServer} control
 * @param {string} client
 * @param {string} endpoint of its one peer; magicsock fails without any
 */
export async function asPlainWireGuard(control, client, endpoint) {
  await control.overlay('Peers.IsWireGuardOnly', true, client);
  await control.overlay('Peers.Endpoints', [endpoint], client);
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
