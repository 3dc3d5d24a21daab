import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createNode, type HeddleNode } from '@heddle/core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { metrics } from '../metrics.js';
import { MetricsEndpoint, metricsEndpoint } from './metrics-endpoint.js';
import { MetricsServer } from './metrics-server.js';

type Options = Parameters<typeof metricsEndpoint>[0];

/** With the default options, for who only asks it. */
let usual: HeddleNode;
let common: MetricsEndpoint;
beforeAll(async () => {
  usual = await started();
  common = usual.get(MetricsEndpoint);
});
afterAll(() => usual.close());

let node: HeddleNode | undefined;
afterEach(() => node?.close());

/** Of a node of one's own. */
async function endpoint(options?: Options): Promise<MetricsEndpoint> {
  node = await started(options);
  return node.get(MetricsEndpoint);
}

async function started(options: Options = {}): Promise<HeddleNode> {
  const made = createNode({ hostname: 'web' }, [metrics(), metricsEndpoint(options)]);
  await made.start();
  return made;
}

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

function ask({ port }: MetricsEndpoint, over: { path?: string; method?: string; host?: string } = {}): Promise<Answer> {
  const { path = '/metrics', method = 'GET', host = 'localhost' } = over;
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers: { host }, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    });
    asking.on('error', reject).end();
  });
}

test('GET /metrics is the text of the node, with the media type of Prometheus', async () => {
  const { status, type, body } = await ask(common);
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(body).toContain('heddle_node_info{hostname="web"} 1\n');
});

test('the url is where it listens', async () => {
  const { url, port } = common;
  expect(url).toBe(`http://127.0.0.1:${port}/metrics`);
  expect((await fetch(url)).status).toBe(200);
});

test('a strange Host, another path and another method are refused', async () => {
  const at = await endpoint({ names: ['Metrics.Internal'] });
  expect((await ask(at, { host: 'evil.example' })).status).toBe(403);
  expect((await ask(at, { host: 'metrics.internal:80' })).status).toBe(200);
  expect((await ask(at, { path: '/' })).status).toBe(404);
  expect((await ask(at, { path: '/metrics/..' })).status).toBe(404);
  expect((await ask(at, { method: 'POST' })).status).toBe(405);
  expect(await ask(at, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
});

/** All that comes back for these bytes, until the end. */
function said({ port }: { readonly port: number }, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (part) => (text += part)).on('error', () => {});
    socket.once('close', () => resolve(text));
  });
}

test.each([
  ['GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost', 404],
  ['GET http://localhost/metrics HTTP/1.1\r\nHost: evil.example', 403],
  ['GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example', 403],
  ['GET /metrics HTTP/1.1\r\nHost: evil.example\r\nHost: localhost', 403],
  ['GET /metrics HTTP/1.1\r\nHost: localhost, evil.example', 403],
  ['GET /metrics HTTP/1.1\r\nHost: [::1]evil.example', 403],
  ['GET //localhost/metrics HTTP/1.1\r\nHost: localhost', 404],
  ['GET /metrics HTTP/1.0', 403],
  ['GET /metrics HTTP/1.1', 400],
  ['CONNECT /metrics HTTP/1.1\r\nHost: evil.example', undefined],
])('%j gets no numbers', async (head, status) => {
  const text = await said(common, `${head}\r\nConnection: close\r\n\r\n`);
  expect(Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])).toBe(status ?? Number.NaN);
  expect(text).not.toContain('heddle_');
});

/** More than lies between two sockets of one machine while nobody reads. */
const TOO_MUCH = 16 * 1024 * 1024;

test('who takes the answer too slowly is cut off, and numbers that cannot be read are an answer', async () => {
  const due: (() => void)[] = [];
  let text = (): string => 'x'.repeat(TOO_MUCH);
  const after = (_wait: number, run: () => void): (() => void) => {
    due.push(run);
    return () => {};
  };
  const server = new MetricsServer({ host: '127.0.0.1', port: 0, names: new Set(), text: () => text(), after });
  const port = await server.listen(new AbortController().signal);
  const slow = connect(port, '127.0.0.1');
  const over = new Promise((done) => slow.on('error', () => {}).once('close', done));
  slow.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((done) => slow.once('readable', done));
  due[0]!();
  slow.resume();
  await over;
  expect(slow.bytesRead).toBeLessThan(TOO_MUCH);
  text = () => {
    throw new Error('no');
  };
  expect(await said({ port }, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 500 /);
  await server.close();
});

test('a head that is too large is refused', async () => {
  expect((await ask(common, { path: `/metrics?${'x'.repeat(20_000)}` })).status).toBe(431);
});

test('a client that stops in the middle of a request does not hold up close', async () => {
  const at = await endpoint();
  const mute = connect(at.port, '127.0.0.1');
  const answered = new Promise((done) => mute.once('data', done));
  const over = new Promise((done) => mute.once('close', done));
  mute.on('error', () => {});
  // One write, so that half of the second request is there when the first is answered.
  mute.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\nGET /metrics HTTP/1.1\r\nHost: loc');
  await answered;
  await node!.close();
  await over;
  expect(node!.status().life).toBe('closed');
});

test('metrics stay while their endpoint needs them, and the port is free when it has gone', async () => {
  const { port } = await endpoint();
  await expect(node!.remove('@heddle/metrics')).rejects.toMatchObject({ code: 'HEDDLE_COMPOSITION' });
  await node!.remove('@heddle/metrics/endpoint');
  const next = createServer();
  await new Promise<void>((done) => next.listen(port, '127.0.0.1', done));
  await new Promise((done) => next.close(done));
});

test('a port that is taken fails the start by name', async () => {
  const { port } = common;
  const second = createNode({}, [metrics(), metricsEndpoint({ port })]);
  await expect(second.start()).rejects.toMatchObject({
    code: 'HEDDLE_START_FAILED',
    cause: expect.objectContaining({ code: 'HEDDLE_METRICS_LISTEN', message: expect.stringContaining(String(port)) }),
  });
  await second.close();
});

test('an endpoint without metrics is no composition', () => {
  expect(() => createNode({}, [metricsEndpoint()])).toThrow(expect.objectContaining({ code: 'HEDDLE_COMPOSITION' }));
});

test('an address that others reach has to be asked for in words', () => {
  expect(() => metricsEndpoint({ host: '0.0.0.0' })).toThrow(/anybodyMayRead: true/);
  expect(() => metricsEndpoint({ port: -1 })).toThrow(expect.objectContaining({ code: 'HEDDLE_METRICS_OPTIONS' }));
  expect(metricsEndpoint({ host: '0.0.0.0', anybodyMayRead: true }).name).toBe('@heddle/metrics/endpoint');
});

const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal);

test.skipIf(OUTSIDE === undefined)('at all addresses of the machine each of them may be asked by itself, and no name', async () => {
  const { port } = await endpoint({ host: '0.0.0.0', anybodyMayRead: true });
  expect((await fetch(`http://${OUTSIDE!.address}:${port}/metrics`)).status).toBe(200);
  expect((await ask({ port, url: '' }, { host: 'evil.example' })).status).toBe(403);
});
