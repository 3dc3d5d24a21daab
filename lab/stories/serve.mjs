// @ts-check
// Two nodes that serve the same, one of ours and Tailscale's own, and a visitor with Tailscale's own client and a TUN.
import { writeFile } from 'node:fs/promises';
import { folder } from '../lib/folder.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { site } from '../lib/site.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';
import { KEY } from './control.mjs';
import { certificateFor } from './funnel-ingress.mjs';

/** The name of our node. */
export const OURS = 'ours.lab.example.com';
/** The name of Tailscale's. */
export const THEIRS = 'theirs.lab.example.com';

const BACKEND = { web: 3_000, tcp: 3_001 };

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {Awaited<ReturnType<typeof servedSite>>} ServedSite
 */

/**
 * Our node and a visitor.
 * @template {string} [Other=never]
 * @param {Lab} lab
 * @param {readonly Other[]} [others] more hosts
 */
export async function servedSite(lab, others = []) {
  const { hosts, control } = await site(lab, ['ours', 'visitor', ...others], { relay: true, flags: ['-auth-key', KEY] });
  const ours = /** @type {import('../lib/namespace.mjs').Namespace} */ (hosts.ours);
  const host = /** @type {import('../lib/namespace.mjs').Namespace} */ (hosts.visitor);
  const files = await certificateFor(host, OURS);
  const shown = await folder(lab, 'shown');
  await writeFile(`${shown}/page.txt`, '0123456789');
  await backendOn(ours);
  const settings = { url: control.url, hostname: 'ours', authKey: KEY, name: OURS, files, folder: shown, backend: BACKEND };
  const { channel: node } = await nodeProcess(ours, 'serve-node.mjs', { env: { HEDDLE_LAB: JSON.stringify(settings) } });
  await until(lab, 'our node runs', async () => (await node.request('state')) === 'Running');
  const visitor = await tailscaled(host, { control, authKey: KEY, tun: true });
  await visitor.peer('ours');
  const address = await node.request('address');
  await until(lab, 'the visitor reaches our node', async () => (await visitor.pingInside(address, 1_000)) !== undefined);
  return { lab, control, hosts, host, visitor, node, address, files };
}

/** @param {import('../lib/namespace.mjs').Namespace} host */
async function backendOn(host) {
  await nodeProcess(host, 'serve-backend.mjs', { name: 'backend', env: { HEDDLE_LAB: JSON.stringify(BACKEND) } });
}

/**
 * Tailscale's own client, which serves the same web server of its host; its address.
 * @param {ServedSite} site
 * @param {import('../lib/namespace.mjs').Namespace} host
 */
export async function theirServe({ lab, control, visitor }, host) {
  await backendOn(host);
  const client = await tailscaled(host, { control, authKey: KEY, name: 'theirs' });
  const address = await client.address();
  await until(lab, 'the visitor reaches it', async () => (await visitor.pingInside(address, 1_000)) !== undefined);
  const handlers = {
    '/': { Proxy: `http://127.0.0.1:${BACKEND.web}` },
    '/text': { Text: 'served' },
    '/away': { Proxy: 'http://127.0.0.1:9' },
  };
  const config = { TCP: { 80: { HTTP: true } }, Web: { [`${THEIRS}:80`]: { Handlers: handlers } } };
  await client.local('serve-config', { method: 'POST', body: config });
  return { client, address, config };
}

/**
 * What curl prints at the visitor's.
 * @param {ServedSite} site
 * @param {...string} args
 */
export function curl({ host, files, address }, ...args) {
  return host.exec(['curl', '-sS', '--max-time', '10', '--cacert', files.ca, '--connect-to', `${OURS}::${address}:`, ...args]);
}

/**
 * What openssl s_client prints at the visitor's, whatever becomes of the handshake.
 * @param {ServedSite} site
 * @param {string} flags
 */
export function openssl({ host, files, address }, flags) {
  return host.exec(['sh', '-c', `openssl s_client -connect ${address}:443 -CAfile ${files.ca} ${flags} </dev/null 2>&1 || true`]);
}

/**
 * What is printed over a connection into which `bytes` are written and which is then left open.
 * @param {ServedSite} site
 * @param {number} port
 * @param {string} bytes as printf takes them
 */
export function dribble({ host, address }, port, bytes) {
  return host.exec(['sh', '-c', `(printf '${bytes}'; sleep 6) | timeout 5 ncat ${address} ${port} || true`]);
}
