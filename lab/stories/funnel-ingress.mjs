// @ts-check
// A served node, an ingress relay, and visitors who are in no tailnet.

import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { folder } from '../lib/folder.mjs';
import { USER } from '../lib/headscale.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { site } from '../lib/site.mjs';
import { until } from '../lib/wait.mjs';
import { headscaleSite } from './headscale.mjs';

/** The name of the served node, in both kinds of tailnet that rows use. */
export const NAME = 'web.lab.example.com';
/** Where the ingress relay is, for visitors. */
export const PUBLIC = '10.77.0.12';
/** The web server behind the served node, on its host. */
export const BACKEND = 3_000;

/** What Headscale's policy can say: names with a URL are refused there. */
export const CAPABILITY = 'example.com/cap/ingress';
export const INGRESS_TAG = 'tag:ingress';
const WEB_TAG = 'tag:web';

const PROGRAM = fileURLToPath(new URL('../../packages/devnet/bin/heddle-ingress.mjs', import.meta.url));
const PORTS = 'https://tailscale.com/cap/funnel-ports?ports=443,8443';

/** Answers with the headers that it got, and with the length of the body. */
const ECHO = `
require('node:http').createServer((request, response) => {
  let bytes = 0;
  request.on('data', (part) => { bytes += part.length; });
  request.on('end', () => response.end(JSON.stringify({ url: request.url, headers: request.headers, bytes })));
}).listen(${BACKEND}, '127.0.0.1', () => console.log('listening'));`;

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 * @typedef {{ ca: string, certificate: string, key: string }} Files
 */

/**
 * A tailnet with a served node to be (web) and an ingress relay to be (relay), and a home outside of it.
 * @param {Lab} lab
 */
export async function funnelSite(lab) {
  const { hosts, control } = await site(lab, ['web', 'relay', 'home'], { relay: true });
  await startBackend(hosts.web);
  return { hosts, control, files: await certificateFor(hosts.home, NAME) };
}

/**
 * The same with Headscale, which allows one of the tags something towards the other.
 * @param {Lab} lab
 */
export async function headscaleFunnelSite(lab) {
  const { hosts, server } = await headscaleSite(lab, ['web', 'relay', 'home']);
  await server.policy({
    tagOwners: { [INGRESS_TAG]: [`${USER}@`], [WEB_TAG]: [`${USER}@`] },
    grants: [{ src: [INGRESS_TAG], dst: [WEB_TAG], ip: ['tcp:1'], app: { [CAPABILITY]: [{}] } }],
  });
  await startBackend(hosts.web);
  const keyFile = lab.path('relay-key');
  await writeFile(keyFile, await server.authKey('--tags', INGRESS_TAG));
  const webKey = await server.authKey('--tags', WEB_TAG);
  return { hosts, server, keyFile, webKey, files: await certificateFor(hosts.home, NAME) };
}

/** @param {Namespace} host */
async function startBackend(host) {
  const backend = await host.start('backend', [process.execPath, '-e', ECHO]);
  await backend.says(host.lab, 'listening');
}

/**
 * A certificate for a name or an address, and what signed it.
 * @param {Namespace} host
 * @param {string} name
 * @returns {Promise<Files>}
 */
export async function certificateFor(host, name) {
  const at = await folder(host.lab, 'certificates');
  const fresh = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  await writeFile(`${at}/extensions`, `subjectAltName=${isIP(name) ? 'IP' : 'DNS'}:${name}\n`);
  const script = `openssl req -x509 ${fresh} -keyout ca.key -out ca.crt -subj "/CN=The lab" -days 30
    openssl req ${fresh} -keyout leaf.key -out leaf.csr -subj "/CN=${name}"
    openssl x509 -req -in leaf.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out leaf.crt`;
  await host.exec(['sh', '-e', '-c', `cd ${at}; ${script}`]);
  return { ca: `${at}/ca.crt`, certificate: `${at}/leaf.crt`, key: `${at}/leaf.key` };
}

/**
 * Control allows the node to be reached from the internet.
 * @param {import('../lib/control-server.mjs').ControlServer} control
 */
export async function allowFunnel(control) {
  await control.node('web');
  await control.ask('PUT', '/nodes/web/caps', { https: null, funnel: null, [PORTS]: null });
}

/**
 * Starts heddle-ingress in the host of the relay, as a node of the tailnet.
 * @param {Namespace} host
 * @param {{ readonly url: string }} control
 * @param {{ authKeyFile?: string }} [options]
 */
export async function startRelay(host, control, { authKeyFile } = {}) {
  const flags = ['--url', control.url, '--hostname', 'relay', '--udp-port', '41641', '--insecure-relays'];
  const key = authKeyFile === undefined ? [] : ['--auth-key-file', authKeyFile];
  const program = await host.start('ingress', [process.execPath, PROGRAM, ...flags, ...key]);
  await program.says(host.lab, 'heddle-ingress: Running');
}

/**
 * Waits until control knows where both nodes are, and that one has a PeerAPI: who calls before loses its first packet, and five seconds.
 * @param {import('../lib/control-server.mjs').ControlServer} control
 */
export async function bothKnown(control) {
  const known = (/** @type {import('../lib/control-server.mjs').ControlNode} */ { Endpoints, Hostinfo }) =>
    (Endpoints ?? []).length > 0 && (Hostinfo?.NetInfo?.PreferredDERP ?? 0) > 0;
  await until(control.host.lab, 'control knows both nodes', async () => {
    const nodes = await control.nodes();
    return nodes.length === 2 && nodes.every(known) && nodes.some(({ Hostinfo }) => Hostinfo.Services?.length > 0);
  });
}

/**
 * Starts a node of ours that serves.
 * @param {Namespace} host
 * @param {{ readonly url: string }} control
 * @param {{ files: Files, authKey?: string, trust?: object, name?: string }} options
 */
export async function funnelNode(host, control, { files, authKey, trust, name = NAME }) {
  const settings = { url: control.url, hostname: 'web', name, files, backend: BACKEND, authKey, trust };
  const { channel } = await nodeProcess(host, 'funnel-node.mjs', { env: { HEDDLE_LAB: JSON.stringify(settings) } });
  await until(host.lab, 'the served node runs', async () => (await channel.request('state')) === 'Running');
  return channel;
}

/**
 * What curl says, at home.
 * @param {Namespace} home
 * @param {Files} files
 * @param {readonly string[]} args
 */
export function curl(home, { ca }, ...args) {
  return home.exec(['curl', '-sS', '--max-time', '5', '--cacert', ca, '--connect-to', `::${PUBLIC}:`, ...args]);
}

/**
 * What the web server behind the served node was asked, once the first visitor comes through.
 * @param {Namespace} home
 * @param {Files} files
 * @param {readonly string[]} args
 * @returns {Promise<{ url: string, headers: Record<string, string>, bytes: number }>}
 */
export function visit(home, files, ...args) {
  return until(
    home.lab,
    'a visitor is served',
    async () => {
      const text = await curl(home, files, ...args, `https://${NAME}/a/page?x=1`).catch(() => undefined);
      return text === undefined ? undefined : JSON.parse(text);
    },
    { every: 200, deadline: 30_000 },
  );
}

/**
 * The status of each of so many requests, each over a connection of its own, a hundred at once.
 * @param {Namespace} home
 * @param {Files} files
 * @param {number} count
 */
export async function manyVisits(home, { ca }, count) {
  const argv = ['curl', '-sS', '--http1.1', '--max-time', '45', '--cacert', ca, '--connect-to', `::${PUBLIC}:`];
  const parallel = ['-H', 'Connection: close', '--parallel', '--parallel-immediate', '--parallel-max', '100'];
  const out = ['-o', '/dev/null', '-w', '%{http_code}\\n', `https://${NAME}/[1-${count}]`];
  const said = await home.exec([...argv, ...parallel, ...out], { deadline: 50_000 });
  return said.trim().split('\n');
}

/** Connections that say a byte of a ClientHello each second: for each, what it heard and after how many milliseconds it was closed. */
const DRIP = `
const { connect } = require('node:net');
const hello = [22, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3, ...Array(64).fill(7)];
const one = () => new Promise((resolve) => {
  const [socket, began, heard] = [connect(443, '${PUBLIC}'), performance.now(), []];
  let at = 0;
  const drip = setInterval(() => socket.write(Uint8Array.of(hello[at++])), 1000);
  socket.on('data', (bytes) => heard.push(...bytes)).on('error', () => {}).on('close', () => {
    clearInterval(drip);
    resolve({ heard, after: performance.now() - began });
  });
});
Promise.all(Array.from({ length: 100 }, one)).then((ends) => console.log(JSON.stringify(ends)));`;

/**
 * A hundred visitors who never come to the end of their first message.
 * @param {Namespace} home
 * @returns {Promise<{ heard: number[], after: number }[]>}
 */
export async function slowVisitors(home) {
  return JSON.parse(await home.exec([process.execPath, '-e', DRIP]));
}

/**
 * What is heard by somebody who says these bytes and waits for the end.
 * @param {Namespace} home
 * @param {string} escaped as printf reads it
 */
export function say(home, escaped) {
  return home.exec(['sh', '-c', `printf '${escaped}' | timeout 5 ncat --no-shutdown ${PUBLIC} 443`]);
}

/**
 * What openssl shows of a visit under another name.
 * @param {Namespace} home
 * @param {readonly string[]} flags
 */
export function openssl(home, ...flags) {
  return home.exec(['sh', '-c', `openssl s_client -connect ${PUBLIC}:443 ${flags.join(' ')} < /dev/null 2>&1 || true`]);
}
