import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { site } from '../../../test/faces/sim-flows.js';
import { TEST_CERTIFICATE } from '../../../test/faces/test-certificate.js';
import type { FlowServer } from './flow-server.js';
import type { FlowSocket } from './flow-socket.js';
import type { NodeFaces } from './node-faces.js';

const NAMES = { worker: ['127.0.0.1'] };
const LARGE = 3 * 1024 * 1024;

const echo: http.RequestListener = (request, response) => void pipeline(request, response).catch(() => {});

async function listening(faces: NodeFaces, server: NonNullable<Parameters<NodeFaces['listen']>[1]>): Promise<[FlowServer, number]> {
  const listener = faces.listen({ port: 0, host: '127.0.0.1' }, server);
  await once(listener, 'listening');
  return [listener, (listener.address() as AddressInfo).port];
}

async function bodyOf(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function request(
  options: http.RequestOptions,
  body?: Uint8Array,
): Promise<{ response: http.IncomingMessage; body: Buffer; reused: boolean }> {
  const sent = http.request({ host: 'worker', ...options });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  return { response, body: await bodyOf(response), reused: sent.reusedSocket };
}

test('http.createServer serves in one line, and an agent with keep-alive uses one connection for all requests', async () => {
  const { faces } = site({ names: NAMES });
  const [listener, port] = await listening(faces, http.createServer(echo));
  let connections = 0;
  listener.on('connection', () => {
    connections += 1;
  });
  const agent = faces.httpAgent({ keepAlive: true });
  const reused: boolean[] = [];
  for (const word of ['one', 'two', 'three']) {
    const answer = await request({ port, agent, method: 'POST' }, Buffer.from(word));
    expect(answer.body.toString()).toBe(word);
    reused.push(answer.reused);
  }
  expect({ reused, connections }).toEqual({ reused: [false, true, true], connections: 1 });
  agent.destroy();
  await listener[Symbol.asyncDispose]();
});

test('3 MB go there and back unharmed, over http and over https', async () => {
  const { faces } = site({ names: NAMES });
  const bytes = randomFillSync(Buffer.alloc(LARGE));
  const [plain, port] = await listening(faces, http.createServer(echo));
  const agent = faces.httpAgent();
  expect(hash((await request({ port, agent, method: 'POST' }, bytes)).body)).toBe(hash(bytes));
  const [secure, securePort] = await listening(faces, https.createServer(TEST_CERTIFICATE, echo));
  const secureAgent = faces.httpsAgent({ ca: TEST_CERTIFICATE.cert });
  const sent = https.request({ host: 'worker', port: securePort, agent: secureAgent, method: 'POST' }).end(bytes);
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  expect((response.socket as tls.TLSSocket).authorized).toBe(true);
  expect(hash(await bodyOf(response))).toBe(hash(bytes));
  await Promise.all([plain[Symbol.asyncDispose](), secure[Symbol.asyncDispose]()]);
});

test.each(['http', 'https'] as const)('the timeout of an agent of %s is that of its requests', async (scheme) => {
  const { faces } = site({ names: NAMES });
  const silent = (): void => {};
  const [listener, port] = await listening(
    faces,
    scheme === 'http' ? http.createServer(silent) : https.createServer(TEST_CERTIFICATE, silent),
  );
  const agent = scheme === 'http' ? faces.httpAgent({ timeout: 30 }) : faces.httpsAgent({ timeout: 30, ca: TEST_CERTIFICATE.cert });
  const sent = (scheme === 'http' ? http : https).get({ host: 'worker', port, agent });
  await once(sent, 'timeout');
  sent.on('error', () => {}).destroy();
  await listener[Symbol.asyncDispose]();
});

test('tls.connect over a socket of ours checks the certificate', async () => {
  const { faces } = site({ names: NAMES });
  const [listener, port] = await listening(
    faces,
    tls.createServer(TEST_CERTIFICATE, (socket) => socket.end('secret')),
  );
  const good = tls.connect({ socket: faces.connect({ host: 'worker', port }), servername: 'worker', ca: TEST_CERTIFICATE.cert });
  const [answer] = (await once(good, 'data')) as [Buffer];
  expect([good.authorized, answer.toString()]).toEqual([true, 'secret']);
  good.destroy();
  const bad = tls.connect({ socket: faces.connect({ host: 'worker', port }), servername: 'somebody', ca: TEST_CERTIFICATE.cert });
  await expect(once(bad, 'secureConnect')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  bad.destroy();
  await listener[Symbol.asyncDispose]();
});

test('http2 runs many streams over one socket of ours', async () => {
  const { faces } = site({ names: NAMES });
  const server = http2.createServer((request, response) => response.end(`you asked for ${request.url}`));
  const [listener, port] = await listening(faces, server);
  const session = http2.connect(`http://worker:${port}`, { createConnection: () => faces.connect({ host: 'worker', port }) });
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map(async (n) => {
      const stream = session.request({ ':path': `/${n}` }).setEncoding('utf8');
      let text = '';
      for await (const part of stream) text += part;
      return text;
    }),
  );
  expect(answers).toEqual([1, 2, 3, 4, 5].map((n) => `you asked for /${n}`));
  await new Promise<void>((resolve) => session.close(resolve));
  await listener[Symbol.asyncDispose]();
});

test('an aborted request ends its connection at both sides', async () => {
  const { faces } = site({ names: NAMES });
  const stop = new AbortController();
  const gone = new Promise<void>((resolve) => {
    const server = http.createServer((request) => {
      request.on('close', () => resolve());
      stop.abort();
    });
    void listening(faces, server).then(([, port]) => {
      const sent = http.request({ host: 'worker', port, agent: faces.httpAgent(), signal: stop.signal }).end();
      sent.on('error', () => {});
    });
  });
  await gone;
});

test('an http request to a closed port is ECONNREFUSED, and one to an unknown name ENOTFOUND', async () => {
  const { faces } = site({ names: NAMES });
  const agent = faces.httpAgent();
  await expect(request({ port: 9, agent })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: '127.0.0.1',
    port: 9,
  });
  await expect(request({ host: 'nobody', port: 9, agent })).rejects.toMatchObject({
    code: 'ENOTFOUND',
    hostname: 'nobody',
    syscall: 'getaddrinfo',
  });
});

test('a slow reader holds the writer back: what waits is bounded by two buffers and a window', async () => {
  const { faces } = site();
  const [listener, port] = await listening(faces, (socket) => socket.pause());
  const client = faces.connect({ host: '127.0.0.1', port });
  await once(client, 'connect');
  const block = Buffer.alloc(8 * 1024);
  let accepted = 0;
  while (accepted < 64 * 1024 * 1024 && client.write(block)) {
    accepted += block.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(accepted).toBeLessThan(256 * 1024);
  expect(client.writableLength).toBeLessThanOrEqual(client.writableHighWaterMark + block.length);
  client.destroy();
  listener.close();
});

test('300 connections at once echo, none is lost, and all are closed at both sides', async () => {
  const { faces } = site();
  const [listener, port] = await listening(faces, (socket: FlowSocket) => void socket.pipe(socket));
  const echoed = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      const client = faces.connect({ host: '127.0.0.1', port });
      client.end(`I am ${n}`);
      let text = '';
      for await (const bytes of client) text += String(bytes);
      return text;
    }),
  );
  expect(echoed).toEqual(echoed.map((_, n) => `I am ${n}`));
  await new Promise<void>((resolve) => listener.close(() => resolve()));
});

test('lookup answers as dns.lookup does, and asks the other one for names that the tailnet does not know', async () => {
  const asked: string[] = [];
  const { faces } = site({
    names: { worker: ['100.64.0.2', 'fd7a::2'] },
    lookup: (name, _options, callback) => {
      asked.push(name);
      callback(null, [{ address: '198.51.100.7', family: 4 }]);
    },
  });
  const look = (name: string, options: object): Promise<unknown[]> =>
    new Promise((resolve) => faces.lookup(name, options, (...answer) => resolve(answer)));
  expect(await look('worker', {})).toEqual([null, '100.64.0.2', 4]);
  expect(await look('worker', { family: 6 })).toEqual([null, 'fd7a::2', 6]);
  expect(await look('worker', { all: true })).toEqual([
    null,
    [
      { address: '100.64.0.2', family: 4 },
      { address: 'fd7a::2', family: 6 },
    ],
  ]);
  expect(await look('::1', {})).toEqual([null, '::1', 6]);
  expect(await look('example.com', { all: true })).toEqual([null, [{ address: '198.51.100.7', family: 4 }]]);
  expect(asked).toEqual(['example.com']);
});
