// @ts-check
// Clients and servers that know nothing of Heddle: on a node of ours, with real servers and clients behind a real wireguard-go.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { nodeProcess } from '../lib/node-process.mjs';
import { directly, INNER, PORT, peerOf } from '../lib/tunnel.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';
import { wireguardGo } from '../lib/wireguard-go.mjs';
import { mosquitto, postgres, redis } from './socket-daemons.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/tunnel.mjs').Underlay} Underlay
 * @typedef {import('../lib/json-lines.mjs').JsonLines} JsonLines
 * @typedef {Awaited<ReturnType<typeof sides>>} Sides
 */

/** What the issue calls a large body. */
export const LARGE = 100_000_000;
const DEADLINE = 120_000;
const CLOSED_PORT = 7_999;

/**
 * A node of ours on host a; wireguard-go, and what stands behind it, on host b.
 * @param {Underlay} underlay
 */
export async function sides(underlay) {
  const keys = { a: newKeyPair(), b: newKeyPair() };
  const wireguard = await wireguardGo(underlay.b, 'current', { key: keys.b, port: PORT, addresses: [`${INNER.b[4]}/24`] });
  await wireguard.setPeer(peerOf('a', keys.a.public));
  const { channel: node } = await nodeProcess(underlay.a, 'socket-node.mjs');
  const peer = { ...peerOf('b', keys.b.public), allowedIps: [`${INNER.b[4]}/32`] };
  await node.request('start', { privateKey: keys.a.private, port: PORT, addresses: [`${INNER.a[4]}/24`], peer });
  return { ...underlay, node, wireguard };
}

/**
 * A certificate for the name `server`, its own authority.
 * @param {Lab} lab
 * @param {import('../lib/namespace.mjs').Namespace} host
 */
async function certificate(lab, host) {
  const [key, cert] = [lab.path('key.pem'), lab.path('cert.pem')];
  const subject = ['-subj', '/CN=server', '-addext', 'subjectAltName=DNS:server', '-days', '2'];
  await host.exec([
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {string} [ca]
 * @property {() => Promise<number>} [aborts] that it has seen
 *
 * @typedef {object} ClientStory
 * @property {string} id
 * @property {string} client name of the scenario in lab/nodes
 * @property {string} says
 * @property {(lab: Lab, host: import('../lib/namespace.mjs').Namespace) => Promise<Server>} server
 * @property {number} [bytes] of the large body; 100 MB unless the protocol has smaller ones
 * @property {number} [connections] that the small requests may take; undici opens a second one also over Node's own net
 */

/**
 * @param {'http' | 'https' | 'http2' | 'tls' | 'ws' | 'smtp'} kind
 * @returns {ClientStory['server']}
 */
const ofNode = (kind) => async (/** @type {Lab} */ lab, /** @type {import('../lib/namespace.mjs').Namespace} */ host) => {
  const port = 8_000;
  const secret = ['https', 'http2', 'tls'].includes(kind) ? await certificate(lab, host) : undefined;
  const { channel } = await nodeProcess(host, 'socket-peer.mjs', { name: 'servers' });
  await channel.request('listen', { kind, port, ...secret });
  const aborts = kind.startsWith('http') ? () => channel.request('counted').then(({ aborted }) => aborted) : undefined;
  return { port, ...(secret && { ca: secret.cert }), ...(aborts && { aborts }) };
};

/** @type {readonly ClientStory[]} */
export const CLIENT_STORIES = [
  { id: 'fetch', client: 'fetchClient', says: 'fetch through node.dispatcher()', server: ofNode('http'), connections: 2 },
  { id: 'http-agent', client: 'httpAgentClient', says: 'http with node.httpAgent()', server: ofNode('http') },
  { id: 'https', client: 'httpsAgentClient', says: 'https with node.httpsAgent()', server: ofNode('https') },
  {
    id: 'undici',
    client: 'undiciPoolClient',
    says: 'an undici pool of two connections with pipelining',
    server: ofNode('http'),
    connections: 2,
  },
  { id: 'http2', client: 'http2Client', says: 'node:http2, many streams in one session', server: ofNode('http2') },
  { id: 'tls', client: 'tlsClient', says: 'node:tls', server: ofNode('tls') },
  { id: 'ws', client: 'wsClient', says: 'ws', server: ofNode('ws') },
  { id: 'ioredis', client: 'redisClient', says: 'ioredis with redis-server', server: redis },
  { id: 'pg', client: 'pgClient', says: 'pg with PostgreSQL', server: postgres, bytes: 32_000_000 },
  { id: 'mqtt', client: 'mqttClient', says: 'mqtt with mosquitto', server: mosquitto, bytes: 32_000_000 },
  { id: 'nodemailer', client: 'mailClient', says: 'nodemailer with an SMTP sink', server: ofNode('smtp'), bytes: 25_000_000 },
];

/**
 * @param {Lab} lab
 * @param {ClientStory} story
 */
export async function runClient(lab, { client, server, bytes = LARGE, connections = 1 }) {
  const { b, node } = await sides(await directly(lab));
  const { port, ca, aborts } = await server(lab, b);
  const began = performance.now();
  const task = { client, port, closedPort: CLOSED_PORT, bytes, ...(ca && { ca }) };
  const report = await node.request('client', task, { deadline: DEADLINE });
  lab.note(`${bytes / 1e6} MB each way; ${((performance.now() - began) / 1_000).toFixed(1)} s in all; abort: ${report.aborted}`);
  assert.equal(report.received, report.sent, 'what came back is what was sent');
  assert.equal(report.refused, 'ECONNREFUSED');
  assert.ok(report.connections <= connections, `${report.connections} connections for the small requests`);
  assert.notEqual(report.aborted, 'no failure');
  if (aborts !== undefined) await until(lab, 'the server sees the abort', async () => (await aborts()) > 0);
}

/** @type {readonly { id: string, says: string, run: (lab: Lab, sides: Sides) => Promise<void> }[]} */
export const SERVER_STORIES = [
  { id: 'http', says: 'http.createServer on our node serves curl, wrk and ab', run: (lab, both) => driveHttp(lab, both, 'http') },
  { id: 'fastify', says: 'fastify on our node serves curl, wrk and ab', run: (lab, both) => driveHttp(lab, both, 'fastify') },
  { id: 'ws', says: 'a ws server on our node serves a ws client', run: driveWs },
];

/**
 * @param {Lab} lab
 * @param {Sides} sides
 * @param {'http' | 'fastify'} kind
 */
async function driveHttp(lab, { b, node }, kind) {
  const at = `http://${INNER.a[4]}:8080`;
  await node.request('listen', { kind, port: 8_080 });
  await curl(lab, b, at, kind);
  const wrk = await b.exec(['wrk', '-t1', '-c50', '-d2', '--timeout', '5', `${at}/`]);
  assert.doesNotMatch(wrk, /Socket errors|Non-2xx/, wrk);
  const ab = await b.exec(['ab', '-q', '-n', '2000', '-c', '50', `${at}/`]);
  assert.match(ab, /Failed requests:\s+0\n/, ab);
  const kept = await b.exec(['ab', '-q', '-k', '-n', '2000', '-c', '50', `${at}/`]);
  assert.match(kept, /Keep-Alive requests:\s+2000\n/, kept);
  const rate = (/** @type {string} */ text, /** @type {RegExp} */ what) => Math.round(Number(what.exec(text)?.[1]));
  lab.note(`wrk ${rate(wrk, /Requests\/sec:\s+(\S+)/)}/s, ab ${rate(ab, /Requests per second:\s+(\S+)/)}/s, each on a new connection`);
}

/**
 * Keep-alive, a large body both ways, an abort, and a refused port.
 * @param {Lab} lab
 * @param {import('../lib/namespace.mjs').Namespace} host
 * @param {string} at
 * @param {'http' | 'fastify'} kind
 */
async function curl(lab, host, at, kind) {
  const many = Array.from({ length: 10 }, () => ['-o', '/dev/null', `${at}/`]).flat();
  const connects = await host.exec(['curl', '-sS', '-w', '%{num_connects}', ...many]);
  assert.equal(connects, '1000000000', 'ten requests on one connection');
  const [large, back] = [lab.path('large.bin'), lab.path('back.bin')];
  await host.exec(['sh', '-c', `head -c ${LARGE} /dev/urandom > ${large}`]);
  const type = ['-H', 'Content-Type: application/octet-stream', '-H', 'Expect:'];
  await host.exec(['curl', '-sS', '-T', large, '-X', 'POST', ...type, '-o', back, `${at}/echo`], { deadline: DEADLINE });
  await host.exec(['cmp', large, back]);
  await host.exec(['rm', large, back]);
  if (kind === 'http') await host.exec(['curl', '-sS', '-m', '0.5', '-o', '/dev/null', `${at}/endless`], { accept: [28] });
  await host.exec(['curl', '-sS', `http://${INNER.a[4]}:${CLOSED_PORT}/`], { accept: [7] });
}

/**
 * @param {Lab} _lab
 * @param {Sides} sides
 */
async function driveWs(_lab, { b, node }) {
  await node.request('listen', { kind: 'ws', port: 8_080 });
  const { channel } = await nodeProcess(b, 'socket-peer.mjs', { name: 'client' });
  const task = { address: INNER.a[4], port: 8_080, closedPort: CLOSED_PORT, bytes: LARGE };
  const report = await channel.request('wsClient', task, { deadline: DEADLINE });
  assert.deepEqual([report.received, report.refused], [report.sent, 'ECONNREFUSED']);
}
