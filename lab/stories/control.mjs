// @ts-check
// What nodes of one tailnet do with each other, whoever made them.
import assert from 'node:assert/strict';
import { nodeProcess } from '../lib/node-process.mjs';
import { PROXY_PORT } from '../lib/tailscaled.mjs';

/**
 * @typedef {import('../lib/tailscaled.mjs').Tailscaled} Tailscaled
 * @typedef {Awaited<ReturnType<typeof web>>} Web
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
  const proxyPort = client.options.tun ? undefined : PROXY_PORT;
  return {
    /** @param {number} port @param {number} [bytes] @returns {Promise<{ bytes: number, sha256: string }>} */
    listen: (port, bytes = BODY) => channel.request('listen', { port, bytes }),
    /** @param {string} url @param {number} [timeout] @returns {Promise<{ status: number, bytes: number, sha256: string }>} */
    get: (url, timeout = TRANSFER_LIMIT) => channel.request('get', { url, proxyPort, timeout }, { deadline: timeout + 5_000 }),
    /** @param {string} url @returns {Promise<{ sent: string, received: string }>} */
    put: (url) => channel.request('put', { url, proxyPort, timeout: TRANSFER_LIMIT, bytes: BODY }, { deadline: TRANSFER_LIMIT + 5_000 }),
  };
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
