import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { ask, listening } from '../test/ask.js';
import { NODE_ADDRESS, NODE_NAME, ServeBench } from '../test/serve-bench.js';
import { certificateCounters, ingressCounters, serveCounters } from './counters.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function bench(options: ConstructorParameters<typeof ServeBench>[0]): ServeBench {
  const made = new ServeBench(options);
  ends.push(() => made.close());
  return made;
}

function requests(site: ServeBench): Record<string, number> {
  return Object.fromEntries([...site.serve.numbers.answers].filter(([, count]) => count > 0));
}

test('requests are counted by class of their answer, and connections with them', async () => {
  const site = bench({ ports: { 80: { http: { '/hi': { text: 'hello' }, '/old': { redirect: '/hi' } } } } });
  await ask(site, `http://${NODE_NAME}/hi`);
  await ask(site, `http://${NODE_NAME}/hi`);
  await ask(site, `http://${NODE_NAME}/old`);
  await ask(site, `http://${NODE_NAME}/nowhere`);
  await expect.poll(() => requests(site)).toEqual({ '2xx': 2, '3xx': 1, '4xx': 1 });
  expect(site.serve.numbers).toMatchObject({ accepted: 4, refused: 0 });
  await expect.poll(() => site.serve.numbers.open).toBe(0);
});

test('a visitor who goes before the answer counts as such, and one who goes over to another protocol as 101', async () => {
  let asked = 0;
  const server = http.createServer(() => void asked++);
  server.on('upgrade', (_request, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n'),
  );
  const port = await listening(server);
  ends.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  const site = bench({ ports: { 80: { http: { '/': { proxy: `http://127.0.0.1:${port}` } } } } });
  const gone = site.visitor.connect({ host: NODE_ADDRESS, port: 80 });
  gone.on('error', () => {});
  gone.write(`GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\n\r\n`);
  await expect.poll(() => asked).toBe(1);
  gone.destroy();
  const upgraded = site.visitor.connect({ host: NODE_ADDRESS, port: 80 });
  upgraded.write(`GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n`);
  await new Promise((done) => upgraded.once('data', done));
  upgraded.destroy();
  await expect.poll(() => requests(site)).toEqual({ none: 1, '1xx': 1 });
});

test('connections beyond the caps are counted as refused', async () => {
  const site = bench({ ports: { 80: { http: { '/': { text: 'hello' } } } }, limits: { connectionsPerAddress: 1 } });
  const first = site.visitor.connect({ host: NODE_ADDRESS, port: 80 });
  await expect.poll(() => site.serve.numbers.open).toBe(1);
  await expect(ask(site, `http://${NODE_NAME}/`)).rejects.toThrow();
  expect(serveCounters(site.serve).map(({ name, read }) => [name, read()])).toContainEqual(['refused', 1]);
  first.destroy();
});

test('what the PeerAPI answers is shown by status, and the end of a certificate in seconds', () => {
  const counts = { visitors: 3, answers: { 403: 2, 404: 1 }, broken: 4 };
  expect(ingressCounters({ counts }).map(({ name, read }) => [name, read()])).toEqual([
    ['visitors', 3],
    ['broken', 4],
    [
      'answers',
      [
        { labels: { status: '403' }, value: 2 },
        { labels: { status: '404' }, value: 1 },
      ],
    ],
  ]);
  const [expiry] = certificateCounters({ ends: new Map([['web.example', 1_800_000_000_000]]) });
  expect(expiry!.read()).toEqual([{ labels: { name: 'web.example' }, value: 1_800_000_000 }]);
});
