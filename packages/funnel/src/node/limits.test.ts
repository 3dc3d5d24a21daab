import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { ask, listening, raw, secureSession } from '../../test/ask.js';
import { memoryState, NODE_ADDRESS, NODE_NAME, ServeBench } from '../../test/serve-bench.js';
import { WEB } from '../../test/test-certificates.js';
import { visitorSource } from '../limits/visitor-source.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function bench(options: ConstructorParameters<typeof ServeBench>[0]): ServeBench {
  const made = new ServeBench(options);
  ends.push(() => made.close());
  return made;
}

const text = { 80: { http: { text: 'here' } } } as const;

test('a head that comes too slowly, or not at all, is answered with 408 (F12)', async () => {
  const site = bench({ ports: text, limits: { head: 100 } });
  const answers = ['GET / HT', '\r\n'].map((begun) => raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), begun));
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 408 /);
});

test('a head that is too large is answered with 431', async () => {
  const site = bench({ ports: text, limits: { headBytes: 1024 } });
  const long = `GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nX: ${'x'.repeat(2000)}\r\n\r\n`;
  expect(await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), long)).toMatch(/^HTTP\/1.1 431 /);
});

test('more connections from one address than its share are refused, and one that ends makes room (F12)', async () => {
  const site = bench({ ports: { 7: { tcp: (socket) => void socket.write('in') } }, limits: { connectionsPerAddress: 2 } });
  const visit = async () => {
    const socket = site.visitor.connect({ host: NODE_ADDRESS, port: 7 });
    ends.push(() => socket.destroy());
    const answer = new Promise<boolean>((resolve) => socket.on('data', () => resolve(true)).on('error', () => resolve(false)));
    return { socket, in: await answer };
  };
  const [one, two, three] = [await visit(), await visit(), await visit()];
  expect([one.in, two.in, three.in]).toEqual([true, true, false]);
  one.socket.resetAndDestroy();
  while (!(await visit()).in);
});

test('visitors from the internet share their room within a /64 of IPv6, and by address in IPv4 and in the tailnet', async () => {
  const greet = { tcp: (socket: Duplex) => void socket.write('in') };
  const site = bench({
    ports: { 1: greet, 2: greet, 3: greet, 4: greet, 5: greet, 6: greet, 7: greet },
    limits: { connectionsPerAddress: 1 },
  });
  const visit = async (port: number, from: string) => {
    const socket = await site.enter(port, from);
    ends.push(() => socket.destroy());
    return new Promise<boolean>((resolve) => socket.on('data', () => resolve(true)).on('error', () => resolve(false)));
  };
  const from = [
    '2001:db8::1',
    '2001:db8::ff:2',
    '2001:db8:0:1::1',
    '203.0.113.1',
    '203.0.113.2',
    '::ffff:203.0.113.3',
    '::ffff:203.0.113.4',
  ];
  const inside: boolean[] = [];
  for (const [i, address] of from.entries()) inside.push(await visit(i + 1, address));
  expect(inside).toEqual([true, false, true, true, true, true, true]);
  expect(visitorSource('fd7a:115c:a1e0::1', false)).not.toBe(visitorSource('fd7a:115c:a1e0::2', false));
});

test('TCP is forwarded both ways with each end passed on, and PROXY tells the target who it is', async () => {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('end', () => socket.end(Buffer.concat(chunks)));
  });
  ends.push(() => server.close());
  const port = await listening(server);
  const site = bench({ ports: { 1: { tcp: port }, 2: { tcp: port, proxyProtocol: 1 } } });
  const visit = async (at: number) => {
    const socket = site.visitor.connect({ host: NODE_ADDRESS, port: at }, () => socket.end('hello'));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };
  expect(await visit(1)).toBe('hello');
  expect(await visit(2)).toMatch(new RegExp(`^PROXY TCP4 198.51.100.7 ${NODE_ADDRESS} \\d+ ${port}\r\nhello$`));
});

test('a target of TCP that is away is a reset', async () => {
  const site = bench({ ports: { 1: { tcp: 1 } } });
  expect(await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 1 }), 'hello')).toBe('!ECONNRESET');
});

test('ports come and go while others are served, and an open connection goes on', async () => {
  const site = bench({ ports: { 7: { tcp: (socket) => void socket.pipe(socket) } } });
  const socket = site.visitor.connect({ host: NODE_ADDRESS, port: 7 });
  socket.write('before');
  expect(String((await once(socket, 'data'))[0])).toBe('before');
  await site.serve.add(80, text[80]);
  expect((await ask(site, `http://${NODE_NAME}/`)).body).toBe('here');
  await site.serve.remove(80);
  await site.serve.remove(7);
  await expect(ask(site, `http://${NODE_NAME}/`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  socket.write('after');
  expect(String((await once(socket, 'data'))[0])).toBe('after');
  socket.destroy();
});

test('a configuration is replaced as a whole, functions stay, and it is kept where the user asks for it', async () => {
  const state = memoryState();
  const ports = { 7: { tcp: (): void => {} } };
  const site = bench({ ports, state, keep: true });
  await site.serve.setConfig({ TCP: { 80: { HTTP: true } }, Web: { [`${NODE_NAME}:80`]: { Handlers: { '/': { Text: 'a' } } } } });
  expect(site.serve.ports).toEqual([7, 80]);
  const again = bench({ ports, state, keep: true });
  expect(again.serve.config()).toEqual(site.serve.config());
  expect((await ask(again, `http://${NODE_NAME}/`)).body).toBe('a');
  await again.serve.setConfig({});
  expect([again.serve.ports, state.get('serve/config')]).toEqual([[7], '{}']);
});

test('what was kept before control had told the name of the node is served under that name at the next start', async () => {
  const state = memoryState();
  const early = {
    TCP: { 80: { HTTP: true } },
    Web: { 'web:80': { Handlers: { '/': { Text: 'here' } } } },
    AllowFunnel: { 'web:80': true },
  };
  await state.set('serve/config', JSON.stringify(early));
  const site = bench({ state, keep: true });
  expect((await ask(site, `http://${NODE_NAME}/`)).body).toBe('here');
  expect(site.serve.door.isOpenFor({ host: NODE_NAME, port: 80 })).toBe(true);
});

test('whatever site is served can be written and read again', async () => {
  const state = memoryState();
  const site = bench({ state, keep: true });
  const sites = { 'fd7a::1': { text: 'a' }, 'A.Example.': { text: 'b' }, '*': { text: 'c' } };
  await site.serve.add(80, { http: { text: 'here' }, sites });
  const again = bench({ state, keep: true });
  expect(again.serve.config()).toEqual(site.serve.config());
  expect((await ask(again, `http://${NODE_NAME}/`, { headers: { host: '[FD7A::1]:80' } })).body).toBe('a');
  expect((await ask(again, `http://${NODE_NAME}/`, { headers: { host: 'a.example' } })).body).toBe('b');
});

test('what cannot be served is refused with nothing changed', async () => {
  const site = bench({ ports: text });
  const before = site.serve.config();
  await expect(site.serve.setConfig({ TCP: { 443: { HTTPS: true } } })).rejects.toMatchObject({ code: 'HEDDLE_SERVE_CERTIFICATE' });
  await expect(site.serve.setConfig({ Services: { 'svc:a': {} } })).rejects.toMatchObject({ code: 'HEDDLE_SERVE_CONFIG' });
  await expect(site.serve.add(80, { tcp: 1 })).rejects.toMatchObject({ code: 'HEDDLE_SERVE_CONFLICT' });
  await expect(site.serve.add(81, { tcp: 'nowhere' })).rejects.toMatchObject({ code: 'HEDDLE_SERVE_CONFIG' });
  expect(site.serve.config()).toEqual(before);
});

test('a visitor from outside is told to the target as that alone, and comes only where it is allowed', async () => {
  const server = http.createServer((request, response) => response.end(JSON.stringify(request.headers)));
  const user = { id: '1', loginName: 'ann@example.com', displayName: 'Ann' };
  const site = bench({
    ports: { 80: { http: server } },
    funnel: new Map([[`${NODE_NAME}:80`, true]]),
    whois: () => ({ peer: { id: '2' }, user, tags: [], capabilities: new Map() }) as never,
  });
  const { door } = site.serve;
  expect([
    door.isOpenFor({ host: NODE_NAME, port: 80 }),
    door.isOpenFor({ host: NODE_NAME, port: 81 }),
    door.isOpenFor({ host: 'x', port: 80 }),
  ]).toEqual([true, false, false]);
  const socket = await site.enter(80, '203.0.113.9');
  const answer = await raw(socket, `GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nTailscale-User-Login: root\r\nConnection: close\r\n\r\n`);
  expect(JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))).toEqual({
    host: NODE_NAME,
    connection: 'close',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': NODE_NAME,
    'tailscale-funnel-request': '?1',
  });
});

test('who begins a body and does not go on is answered with 408, and its target let go', async () => {
  let [begun, left]: (() => void)[] = [];
  const server = http.createServer((request) => {
    request.on('error', () => left?.()).once('data', () => begun?.());
  });
  ends.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  const port = await listening(server);
  const certificates = { for: async () => WEB, announce: () => {} };
  const site = bench({ ports: { 80: { http: port }, 443: { https: port } }, limits: { stall: 150 }, certificates });
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const head = `POST / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nContent-Length: 10\r\n\r\n`;
  expect(await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), `${head}half`)).toMatch(/^HTTP\/1.1 408 /);
  await gone;
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const session = secureSession(site);
  ends.push(() => session.destroy());
  const stream = session.request({ ':path': '/', ':method': 'POST' }).on('error', () => {});
  stream.resume();
  stream.write('half');
  await Promise.all([started, once(stream, 'close')]);
  expect(stream.rstCode).toBe(8);
});

test('who does not take its answer is cut off, and who waits for one is not', async () => {
  const server = http.createServer((request, response) => {
    if (request.url === '/slow') setTimeout(() => response.end('at last'), 500);
    else response.end(Buffer.alloc(16 * 1024 * 1024));
  });
  ends.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  const site = bench({ ports: { 80: { http: await listening(server) } }, limits: { stall: 150 } });
  const slow = ask(site, `http://${NODE_NAME}/slow`);
  const lazy = site.visitor.connect({ host: NODE_ADDRESS, port: 80 });
  ends.push(() => lazy.destroy());
  lazy.on('error', () => {}).write(`GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\n\r\n`);
  await expect.poll(() => site.serve.numbers.open).toBe(2);
  expect((await slow).body).toBe('at last');
  await expect.poll(() => site.serve.numbers.open, { timeout: 5_000 }).toBe(0);
});
