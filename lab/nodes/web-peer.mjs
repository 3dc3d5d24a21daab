// @ts-check
// A web server and client for hosts where another program is the way into the tailnet: its device, or its proxy.
import { once } from 'node:events';
import { request } from 'node:http';
import { serve } from './control-channel.mjs';
import { bodyServer, get, lastingTransfer, put } from './web.mjs';

/**
 * A connection of its own for one request. A proxy that was asked for the page itself would keep what it fetches pages over.
 * @param {{ url: string, proxyPort?: number, timeout: number }} params
 * @returns {Promise<import('./web.mjs').Way>}
 */
async function wayTo({ url, proxyPort, timeout }) {
  if (proxyPort === undefined) return { agent: false };
  const socket = await throughProxy(new URL(url).host, proxyPort, AbortSignal.timeout(timeout));
  return { createConnection: () => socket };
}

/**
 * @param {string} target
 * @param {number} port
 * @param {AbortSignal} signal
 * @returns {Promise<import('node:stream').Duplex>}
 */
function throughProxy(target, port, signal) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method: 'CONNECT', path: target, agent: false, signal });
    asked.on('connect', (answer, socket) => {
      if (answer.statusCode === 200) resolve(socket);
      else reject(new Error(`the proxy answered ${answer.statusCode}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** @param {{ port: number, bytes: number }} params */
async function listen({ port, bytes }) {
  const { server, body } = bodyServer(bytes);
  await once(server.listen(port), 'listening');
  return body;
}

const transfer = lastingTransfer();

serve({
  listen,
  get: async (params) => get(await wayTo(params), params),
  put: async (params) => put(await wayTo(params), params),
  beginTransfer: async (params) => transfer.begin(await wayTo(params), params),
  endTransfer: () => transfer.end(),
});
