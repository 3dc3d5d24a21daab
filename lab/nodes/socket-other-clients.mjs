// @ts-check
// Clients of databases, queues and mail that know nothing of Heddle.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect as tlsConnect } from 'node:tls';
import { AbstractConnector, Redis } from 'ioredis';
import mqtt from 'mqtt';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { body, failureOf, hashOf, sha256, wholeBody } from './socket-bodies.mjs';

/**
 * @typedef {import('./socket-http-clients.mjs').Scenario} Scenario
 * @typedef {import('./socket-http-clients.mjs').SocketNode} SocketNode
 */

const SMALL = 200;
const HOST = 'server';

/** @type {Scenario} */
export async function tlsClient(node, { port, closedPort, bytes, ca }) {
  const open = (/** @type {number} */ to) =>
    tlsConnect({ socket: node.connect({ host: HOST, port: to }), servername: HOST, ...(ca && { ca }) });
  const socket = open(port);
  await once(socket, 'secureConnect');
  assert.ok(socket.authorized);
  for (let n = 0; n < SMALL; n++) {
    socket.write('x');
    await once(socket, 'data');
  }
  socket.destroy();
  const echo = open(port);
  const made = body(bytes);
  const [, got] = await Promise.all([pipeline(Readable.from(made.chunks), echo, { end: true }), hashOf(echo)]);
  const cut = open(port);
  cut.on('error', () => {}).write(Buffer.alloc(1_000_000));
  await once(cut, 'data');
  cut.destroy(Object.assign(new Error('given up'), { code: 'GIVEN_UP' }));
  const aborted = await failureOf(hashOf(cut));
  const refused = await failureOf(once(open(closedPort), 'secureConnect'));
  return { connections: 1, aborted, refused, sent: made.sha256, received: got.sha256 };
}

/** @param {SocketNode} node @param {number} port */
function redisOver(node, port) {
  class Connector extends AbstractConnector {
    constructor() {
      super(1_000);
    }
    /** @override */
    async connect() {
      this.connecting = true;
      this.stream = /** @type {any} */ (node.connect({ host: HOST, port }));
      return this.stream;
    }
  }
  return new Redis({ Connector, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
}

/** @type {Scenario} */
export async function redisClient(node, { port, closedPort, bytes }) {
  const redis = redisOver(node, port);
  await redis.connect();
  const id = await redis.client('ID');
  for (let n = 0; n < SMALL; n++) await redis.incr('count');
  assert.equal(await redis.get('count'), String(SMALL));
  const many = await Promise.all(Array.from({ length: 1_000 }, (_, n) => redis.echo(String(n))));
  assert.equal(many.at(-1), '999', 'a pipeline of 1,000');
  assert.equal(await redis.client('ID'), id, 'one connection for all');
  const { whole, sha256: sent } = wholeBody(bytes);
  await redis.set('large', whole);
  const received = await redis.getBuffer('large');
  const cut = redisOver(node, port);
  await cut.connect();
  const waiting = failureOf(cut.getBuffer('large'));
  cut.disconnect();
  const aborted = await waiting;
  await redis.del('large');
  const refused = redisOver(node, closedPort);
  const errors = once(refused, 'error');
  refused.connect().catch(() => {});
  const [error] = await errors;
  refused.disconnect();
  await redis.quit();
  return { connections: 1, aborted, refused: error.code, sent, received: sha256(received ?? Buffer.alloc(0)) };
}

/** @type {Scenario} */
export async function pgClient(node, { port, closedPort, bytes }) {
  const options = (/** @type {number} */ to) => ({
    user: 'postgres',
    host: HOST,
    port: to,
    database: 'postgres',
    stream: () => node.socket(),
  });
  const client = new pg.Client(options(port));
  await client.connect();
  const pids = new Set();
  for (let n = 0; n < SMALL; n++) pids.add((await client.query('select pg_backend_pid() as pid')).rows[0].pid);
  const { whole, sha256: sent } = wholeBody(bytes);
  const { rows } = await client.query('select $1::bytea as back, sha256($1::bytea) as hash', [whole]);
  assert.equal(rows[0].hash.toString('hex'), sent, 'the server has it whole');
  const cut = new pg.Client(options(port));
  await cut.connect();
  cut.on('error', () => {});
  const waiting = failureOf(cut.query('select pg_sleep(60)'));
  cut.connection.stream.destroy(Object.assign(new Error('given up'), { code: 'GIVEN_UP' }));
  const aborted = await waiting;
  const pool = new pg.Pool({ ...options(port), max: 4 });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => pool.query('select $1::int as n', [n])));
  assert.equal(answers.at(-1).rows[0].n, 39);
  await pool.end();
  const refused = await failureOf(new pg.Client(options(closedPort)).connect());
  await client.end();
  return { connections: pids.size, aborted, refused, sent, received: sha256(rows[0].back) };
}

/**
 * Its types leave out that it is an EventEmitter.
 * @param {SocketNode} node @param {number} port
 * @returns {mqtt.MqttClient & import('node:events').EventEmitter}
 */
function mqttOver(node, port) {
  const build = () => /** @type {any} */ (node.connect({ host: HOST, port }));
  const client = new mqtt.MqttClient(build, {
    reconnectPeriod: 0,
    clientId: `heddle-${Math.floor(performance.now() * 1_000)}`,
    connectTimeout: 10_000,
  });
  return /** @type {any} */ (client);
}

/** @type {Scenario} */
export async function mqttClient(node, { port, closedPort, bytes }) {
  const client = mqttOver(node, port);
  await once(client, 'connect');
  await client.subscribeAsync('t/#', { qos: 1 });
  const heard = /** @type {string[]} */ ([]);
  client.on('message', (topic, payload) => topic === 't/small' && heard.push(String(payload)));
  await Promise.all(Array.from({ length: SMALL }, (_, n) => client.publishAsync('t/small', String(n), { qos: 1 })));
  const { whole, sha256: sent } = wholeBody(bytes);
  const large = new Promise((resolve) => client.on('message', (topic, payload) => topic === 't/large' && resolve(payload)));
  await client.publishAsync('t/large', whole, { qos: 1 });
  const received = sha256(/** @type {Buffer} */ (await large));
  assert.deepEqual(
    heard,
    Array.from({ length: SMALL }, (_, n) => String(n)),
    'in order, each once',
  );
  const cut = mqttOver(node, port);
  cut.on('error', () => {});
  await once(cut, 'connect');
  const closed = once(cut, 'close');
  cut.stream.destroy();
  await closed;
  const refused = mqttOver(node, closedPort);
  const [error] = await once(refused, 'error');
  await Promise.all([client.endAsync(), refused.endAsync(true), cut.endAsync(true)]);
  return { connections: 1, aborted: 'close', refused: error.code, sent, received };
}

/** @type {Scenario} */
export async function mailClient(node, { port, closedPort, bytes }) {
  /** @type {import('node:stream').Duplex | undefined} */
  let last;
  const over = (/** @type {number} */ to) =>
    createTransport({
      pool: true,
      maxConnections: 1,
      host: HOST,
      port: to,
      getSocket(/** @type {unknown} */ _options, /** @type {(error: unknown, given?: object) => void} */ done) {
        const connection = node.connect({ host: HOST, port: to });
        last = connection;
        connection.once('error', done).once('connect', () => {
          connection.off('error', done);
          done(null, { connection });
        });
      },
    });
  const transport = over(port);
  const envelope = { from: 'a@example.net', to: 'b@example.net' };
  const ports = new Set();
  for (let n = 0; n < 20; n++)
    ports.add((await transport.sendMail({ envelope, raw: `Subject: ${n}\r\n\r\n.dots\r\n` })).response.split(' ')[2]);
  const { raw, sent } = letter(bytes);
  const { response } = await transport.sendMail({ envelope, raw });
  transport.close();
  const cut = over(port);
  const aborted = await failureOf(cut.sendMail({ envelope, raw: Readable.from(endless(() => last?.destroy(new Error('given up')))) }));
  const refused = await failureOf(over(closedPort).sendMail({ envelope, raw: 'x' }));
  return { connections: ports.size, aborted, refused, sent, received: response.split(' ')[1] };
}

/** A message of so many bytes in lines, some of which begin with a dot. @param {number} bytes */
function letter(bytes) {
  const { whole } = wholeBody(Math.floor((bytes * 3) / 4));
  const lines = `${whole.toString('base64').replace(/.{76}/g, '$&\r\n').replace(/\n\+/g, '\n.')}\r\n`;
  const raw = Buffer.from(`Subject: large\r\n\r\n${lines}`);
  return { raw, sent: sha256(raw) };
}

/** A letter without end. @param {() => void} afterSome called when a megabyte was taken */
function* endless(afterSome) {
  for (let n = 0; ; n++) {
    if (n === 16) afterSome();
    yield Buffer.alloc(64 * 1024, 'a line\r\n');
  }
}
