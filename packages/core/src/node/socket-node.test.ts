import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Plugin } from '@heddle/core';
import { SimNetwork } from '@heddle/testing';
import { expect, test } from 'vitest';
import { bind, control, Journal, stack } from '../../test/composition/fake-parts.js';
import { simFlows, testClock } from '../../test/faces/sim-flows.js';
import { createNode, type SocketNode } from './socket-node.js';

/** A node on a simulated machine, whose 127.0.0.1 is all of its tailnet. */
function nodeWithFlows(): SocketNode {
  const journal = new Journal();
  return createNode({ hostname: 'machine' }, [bind(journal), simStack('stack'), control(journal)]);
}

function simStack(name: string): Plugin {
  const network = new SimNetwork({ seed: 8, clock: testClock });
  const host = network.host('machine', { ports: [{ on: network.internet, addresses: ['192.0.2.1'] }] });
  return stack(new Journal(), name, {}, simFlows(host));
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const part of stream) text += String(part);
  return text;
}

test('one line serves http, and fetch, an agent and a socket of the node reach it', async () => {
  await using node = nodeWithFlows();
  await node.start();
  const server = node.listen(
    { port: 0 },
    http.createServer((request, response) => void response.end(`you asked for ${request.url}`)),
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const response = await node.fetch(`http://127.0.0.1:${port}/fetch`);
  expect(await response.text()).toBe('you asked for /fetch');
  const [answer] = await once(http.get({ host: '127.0.0.1', port, path: '/agent', agent: node.httpAgent() }), 'response');
  expect(await textOf(answer)).toBe('you asked for /agent');
  const socket = node.connect({ host: '127.0.0.1', port });
  socket.end('GET /socket HTTP/1.0\r\n\r\n');
  expect(await textOf(socket)).toContain('you asked for /socket');
});

test('close ends what listens, so that nothing keeps the process alive', async () => {
  const node = nodeWithFlows();
  await node.start();
  const server = node.listen({ port: 0 });
  const udp = node.bindUdp({ port: 0 });
  await Promise.all([once(server, 'listening'), once(udp, 'listening')]);
  const closed = Promise.all([once(server, 'close'), once(udp, 'close')]);
  await node.close();
  await closed;
  expect([server.listening, server.address()]).toEqual([false, null]);
});

test('a server and a datagram socket go over to a Stack that takes the place of another, or end with an error', async () => {
  await using node = nodeWithFlows();
  await node.start();
  const server = node.listen({ port: 0 }, (socket) => socket.end('still here'));
  const udp = node.bindUdp({ port: 0 });
  await Promise.all([once(server, 'listening'), once(udp, 'listening')]);
  const { port } = server.address() as AddressInfo;
  await node.replace('stack', simStack('next'));
  expect(await textOf(node.connect({ host: '127.0.0.1', port }))).toBe('still here');
  expect(udp.address().port).toBeGreaterThan(0);

  const told: unknown[] = [];
  for (const each of [server, udp]) each.on('error', (error) => told.push(error));
  const closed = Promise.all([server, udp].map((each) => new Promise((resolve) => each.on('close', resolve))));
  await node.replace('next', stack(new Journal(), 'bare'));
  await closed;
  expect(told).toMatchObject([{ code: 'HEDDLE_UNSUPPORTED' }, { code: 'HEDDLE_UNSUPPORTED' }]);
  expect([server.listening, server.address()]).toEqual([false, null]);
});

test('a call before the start is an error of that call, and says what to do', async () => {
  await using node = nodeWithFlows();
  const [error] = await once(node.connect({ host: '127.0.0.1', port: 1 }), 'error');
  expect(error).toMatchObject({ code: 'HEDDLE_NOT_RUNNING', message: expect.stringContaining('await node.start() first') });
});

test('lookup answers a name alone with addresses, and passes for dns.lookup', async () => {
  await using node = nodeWithFlows();
  await node.start();
  expect(node.lookup('nobody')).toEqual([]);
  const socket = net.connect({ host: 'nobody', port: 1, lookup: node.lookup });
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ENOTFOUND', hostname: 'nobody' });
  const answers = await Promise.all([
    new Promise((resolve) => node.lookup('192.0.2.7', {}, (...answer) => resolve(answer))),
    new Promise((resolve) => Reflect.apply(node.lookup, undefined, ['192.0.2.7', 4, (...answer: unknown[]) => resolve(answer)])),
    new Promise((resolve) => Reflect.apply(node.lookup, undefined, ['192.0.2.7', (...answer: unknown[]) => resolve(answer)])),
  ]);
  expect(answers).toEqual(answers.map(() => [null, '192.0.2.7', 4]));
});

test('the methods may be passed on by themselves', async () => {
  await using node = nodeWithFlows();
  await node.start();
  const { listen, connect } = node;
  const server = listen({ port: 0 }, (socket) => socket.end('hello'));
  await once(server, 'listening');
  expect(await textOf(connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }))).toBe('hello');
});

test('http watches for requests that do not end, as on a port of its own, and close does not wait for idle connections', async () => {
  await using node = nodeWithFlows();
  await node.start();
  const inner = http.createServer({ headersTimeout: 40, connectionsCheckingInterval: 20, keepAliveTimeout: 3_600_000 }, (_, response) => {
    response.end('done');
  });
  const server = node.listen({ port: 0 }, inner);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const slow = node.connect({ host: '127.0.0.1', port });
  slow.write('GET / HTTP/1.1\r\n');
  expect(await textOf(slow)).toContain('408 Request Timeout');
  const agent = node.httpAgent({ keepAlive: true });
  const [answer] = await once(http.get({ host: '127.0.0.1', port, agent }), 'response');
  await textOf(answer);
  await server[Symbol.asyncDispose]();
  agent.destroy();
});
