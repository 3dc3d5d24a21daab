// @ts-check
// Clients of HTTP that know nothing of Heddle, each handed the one thing that it asks for: a dispatcher, an agent, a socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect as tlsConnect } from 'node:tls';
import { request } from 'undici';
import WebSocket, { createWebSocketStream } from 'ws';
import { body, failureOf, hashOf, sha256, textOf, wholeBody } from './socket-bodies.mjs';

/**
 * @typedef {import('@heddle/core/node').SocketNode} SocketNode
 *
 * @typedef {object} Task
 * @property {number} port
 * @property {number} closedPort where nobody listens
 * @property {number} bytes of the large body
 * @property {string} [ca]
 *
 * @typedef {object} Report
 * @property {number} connections that the small requests took
 * @property {string} refused code of the error at a closed port
 * @property {string} aborted code of the error after an abort
 * @property {string} sent SHA-256
 * @property {string} received SHA-256
 *
 * @typedef {(node: SocketNode, task: Task) => Promise<Report>} Scenario
 */

const SMALL = 20;
const HOST = 'server';

/** @type {Scenario} */
export async function fetchClient(node, { port, closedPort, bytes }) {
  const dispatcher = node.dispatcher();
  const options = /** @type {any} */ ({ dispatcher });
  const url = `http://${HOST}:${port}`;
  const ports = new Set();
  for (let n = 0; n < SMALL; n++) ports.add(await (await fetch(`${url}/port`, options)).text());
  const made = body(bytes);
  const response = await fetch(`${url}/echo`, { ...options, method: 'POST', body: Readable.from(made.chunks), duplex: 'half' });
  const got = await hashOf(/** @type {any} */ (response.body));
  const stop = new AbortController();
  const endless = await fetch(`${url}/endless`, { ...options, signal: stop.signal });
  const aborted = failureOf(
    hashOf(
      Readable.fromWeb(/** @type {any} */ (endless.body)).on('data', () => {
        stop.abort();
      }),
    ),
  );
  const report = {
    connections: ports.size,
    aborted: await aborted,
    refused: await failureOf(fetch(`http://${HOST}:${closedPort}`, options)),
    sent: made.sha256,
    received: got.sha256,
  };
  await /** @type {any} */ (dispatcher).destroy();
  return report;
}

/** @type {Scenario} */
export function httpAgentClient(node, task) {
  return agentClient(http, node.httpAgent({ keepAlive: true, maxSockets: 1 }), node.httpAgent(), task);
}

/** @type {Scenario} */
export function httpsAgentClient(node, task) {
  const options = { ...(task.ca !== undefined && { ca: task.ca }) };
  return agentClient(https, node.httpsAgent({ keepAlive: true, maxSockets: 1, ...options }), node.httpsAgent(options), task);
}

/**
 * @param {typeof http | typeof https} module
 * @param {http.Agent} keeping
 * @param {http.Agent} agent
 * @param {Task} task
 * @returns {Promise<Report>}
 */
async function agentClient(module, keeping, agent, { port, closedPort, bytes }) {
  const ports = new Set();
  for (let n = 0; n < SMALL; n++) {
    const [response] = await once(module.get({ host: HOST, port, path: '/port', agent: keeping }), 'response');
    ports.add(await textOf(response));
  }
  const made = body(bytes);
  const large = module.request({ host: HOST, port, path: '/echo', method: 'POST', agent });
  const [, got] = await Promise.all([
    pipeline(Readable.from(made.chunks), large),
    once(large, 'response').then(([response]) => hashOf(response)),
  ]);
  const stop = new AbortController();
  const endless = module.get({ host: HOST, port, path: '/endless', agent, signal: stop.signal });
  const aborted = once(endless, 'response').then(([response]) => hashOf(response.once('data', () => stop.abort())));
  const report = {
    connections: ports.size,
    aborted: await failureOf(aborted),
    refused: await failureOf(once(module.get({ host: HOST, port: closedPort, agent }), 'response')),
    sent: made.sha256,
    received: got.sha256,
  };
  keeping.destroy();
  agent.destroy();
  return report;
}

/** @type {Scenario} */
export async function undiciPoolClient(node, { port, closedPort, bytes }) {
  const origin = `http://${HOST}:${port}`;
  const dispatcher = /** @type {any} */ (node.dispatcher({ connections: 2, pipelining: 10 }));
  const ports = await Promise.all(
    Array.from({ length: 10 * SMALL }, async () => (await request(`${origin}/port`, { dispatcher })).body.text()),
  );
  const made = body(bytes);
  const large = await request(`${origin}/echo`, { dispatcher, method: 'POST', body: Readable.from(made.chunks) });
  const got = await hashOf(large.body);
  const stop = new AbortController();
  const endless = await request(`${origin}/endless`, { dispatcher, signal: stop.signal });
  const aborted = hashOf(endless.body.once('data', () => stop.abort()));
  const report = {
    connections: new Set(ports).size,
    aborted: await failureOf(aborted),
    refused: await failureOf(request(`http://${HOST}:${closedPort}`, { dispatcher })),
    sent: made.sha256,
    received: got.sha256,
  };
  await dispatcher.destroy();
  return report;
}

/** @type {Scenario} */
export async function http2Client(node, { port, closedPort, bytes, ca }) {
  const open = (/** @type {number} */ to) =>
    http2.connect(`https://${HOST}:${to}`, {
      ...(ca !== undefined && { ca }),
      createConnection: () => tlsOver(node, to, ca),
      settings: { initialWindowSize: 1024 * 1024 },
    });
  const session = open(port);
  const ports = await Promise.all(Array.from({ length: SMALL }, () => textOf(session.request({ ':path': '/port' }))));
  const made = body(bytes);
  const large = session.request({ ':path': '/echo', ':method': 'POST' });
  const [, got] = await Promise.all([pipeline(Readable.from(made.chunks), large), hashOf(large)]);
  const stop = new AbortController();
  const endless = session.request({ ':path': '/endless' }, { signal: stop.signal });
  const aborted = await failureOf(hashOf(endless.once('data', () => stop.abort())));
  const after = await textOf(session.request({ ':path': '/port' }));
  assert.ok(ports.includes(after), 'the session outlives an aborted stream');
  const refused = await failureOf(once(open(closedPort), 'connect'));
  await new Promise((resolve) => session.close(() => resolve(undefined)));
  return { connections: new Set(ports).size, aborted, refused, sent: made.sha256, received: got.sha256 };
}

/** @param {SocketNode} node @param {number} port @param {string | undefined} ca */
function tlsOver(node, port, ca) {
  return tlsConnect({
    socket: node.connect({ host: HOST, port }),
    servername: HOST,
    ALPNProtocols: ['h2'],
    ...(ca !== undefined && { ca }),
  });
}

/** @type {Scenario} */
export async function wsClient(node, { port, closedPort, bytes }) {
  const agent = node.httpAgent();
  const url = `ws://${HOST}:${port}/`;
  const socket = new WebSocket(url, { agent, maxPayload: 2 * bytes, perMessageDeflate: false });
  await once(socket, 'open');
  for (let n = 0; n < SMALL; n++) {
    socket.send(`word ${n}`);
    const [answer] = await once(socket, 'message');
    assert.equal(String(answer), `word ${n}`);
  }
  const { whole, sha256: sent } = wholeBody(bytes);
  socket.send(whole);
  const [answer] = await once(socket, 'message');
  socket.close();
  const [code] = await once(socket, 'close');
  assert.equal(code, 1005);
  const cut = new WebSocket(url, { agent });
  await once(cut, 'open');
  const stream = createWebSocketStream(cut).on('error', () => {});
  stream.write(Buffer.alloc(1_000_000));
  await once(stream, 'data');
  cut.terminate();
  const [aborted] = await once(cut, 'close');
  const refused = await failureOf(once(new WebSocket(`ws://${HOST}:${closedPort}/`, { agent }), 'open'));
  return { connections: 1, aborted: String(aborted), refused, sent, received: sha256(answer) };
}
