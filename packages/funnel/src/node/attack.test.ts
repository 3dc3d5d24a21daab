import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { ask, listening, raw, secureSession } from '../../test/ask.js';
import { NODE_ADDRESS, NODE_NAME, ServeBench } from '../../test/serve-bench.js';
import { ROOT, WEB } from '../../test/test-certificates.js';
import type { PortHandlers } from './handlers.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function bench(ports: PortHandlers, more: ConstructorParameters<typeof ServeBench>[0] = {}): ServeBench {
  const made = new ServeBench({ ports, certificates: { for: async () => WEB, announce: () => {} }, ...more });
  ends.push(() => made.close());
  return made;
}

async function target(server: http.Server): Promise<number> {
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return listening(server);
}

/** A target that answers the first bytes of each connection with these, and remembers what it has heard. */
async function blunt(answer: string, heard: string[] = []): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).on('data', (bytes) => heard.push(bytes.toString('latin1')));
    socket.once('data', () => socket.end(answer, 'latin1'));
  });
  ends.push(() => server.close());
  return listening(server);
}

const HEAD = `Host: ${NODE_NAME}\r\nConnection: close\r\n`;
const visit = (site: ServeBench, bytes: string) => raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), bytes);

test('a body whose length the visitor declares a matter of the connection does not become a request of its own (F12)', async () => {
  const heard: string[] = [];
  const port = await target(
    http.createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      request.resume();
      response.end('answer');
    }),
  );
  const hidden = 'GET /admin HTTP/1.1\r\nHost: a\r\nTailscale-User-Login: root\r\n\r\n';
  const site = bench({ 80: { http: port } });
  for (const named of ['content-length', 'Content-Length, Host', 'transfer-encoding'])
    await visit(site, `GET / HTTP/1.1\r\n${HEAD}Connection: ${named}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`);
  expect(heard).toEqual(['GET /', 'GET /', 'GET /']);
});

test('no spelling that a program behind CGI, WSGI or PHP reads as one of our headers passes, nor can the visitor have ours taken out', async () => {
  const heard: string[] = [];
  const user = { id: '1', loginName: 'ann@example.com', displayName: 'Ann' };
  const whois = () => ({ peer: { id: '2' }, user, tags: [], capabilities: new Map() }) as never;
  const port = await blunt('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', heard);
  const names = ['Tailscale.User-Login', 'tailscale_user_LOGIN', 'TAILSCALE!USER^LOGIN', 'X.Forwarded_For', 'Tailscale-User-Login'];
  const claims = names.map((name) => `${name}: root\r\n`).join('');
  await visit(
    bench({ 80: { http: port } }, { whois }),
    `GET / HTTP/1.1\r\n${HEAD}Connection: Tailscale-User-Login, X-Forwarded-For\r\n${claims}\r\n`,
  );
  expect(heard.join('')).not.toContain('root');
  expect(heard.join('')).toContain('Tailscale-User-Login: ann@example.com\r\n');
});

const ODD_ANSWERS: Readonly<Record<string, readonly [answer: string, http1: number, http2: number]>> = {
  'the status 000': ['HTTP/1.1 000 Odd\r\nContent-Length: 1\r\n\r\nx', 502, 200],
  'the status 099': ['HTTP/1.1 099 Odd\r\nContent-Length: 1\r\n\r\nx', 502, 502],
  'the status 999': ['HTTP/1.1 999 Odd\r\nContent-Length: 1\r\n\r\nx', 999, 502],
  'a reason with a control character': ['HTTP/1.1 200 O\x01K\r\nContent-Length: 1\r\n\r\nx', 200, 200],
  'a change of protocol that nobody asked for': ['HTTP/1.1 101 Now\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello', 502, 502],
  'an early hint before it': ['HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx', 103, 200],
  'the length of a body that there is not': ['HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 204, 204],
  'a header twice that HTTP/2 wants once': [
    'HTTP/1.1 200 OK\r\nX-Content-Type-Options: nosniff\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 1\r\n\r\nx',
    200,
    200,
  ],
  'a folded line': ['HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 1\r\n\r\nx', 502, 502],
  'no answer at all': ['', 502, 502],
};

test.each(Object.entries(ODD_ANSWERS))('a target that answers with %s costs the one request', async (_, [answer, http1, http2]) => {
  const port = await blunt(answer);
  const site = bench({ 80: { http: port }, 443: { https: port } });
  expect(await visit(site, `GET / HTTP/1.1\r\n${HEAD}\r\n`)).toMatch(new RegExp(`^HTTP/1.1 ${http1} `));
  const session = secureSession(site);
  ends.push(() => session.destroy());
  const stream = session.request({ ':path': '/' }).on('error', () => {});
  expect((await once(stream.resume(), 'response'))[0][':status']).toBe(http2);
});

test('announced trailers reach who can have them; a HEAD and a visitor of HTTP/1.0 are answered without', async () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n';
  const [bare, whole] = [await blunt(head), await blunt(`${head}4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n`)];
  const site = bench({ 80: { http: { '/bare': bare, '/whole': whole } } });
  expect(await visit(site, `HEAD /bare HTTP/1.1\r\n${HEAD}\r\n`)).toMatch(/^HTTP\/1.1 200 OK\r\n(?!.*trailer)/is);
  expect(await visit(site, `GET /whole HTTP/1.0\r\n${HEAD}\r\n`)).toMatch(/^HTTP\/1.1 200 OK\r\n(?!.*trailer).*\r\n\r\nbody$/is);
  expect(await visit(site, `GET /whole HTTP/1.1\r\n${HEAD}\r\n`)).toMatch(/Trailer: X-Sum.*X-Sum: 1\r\n\r\n$/s);
});

/** RFC 9113 4.1. */
function frame(type: number, flags: number, stream: number, body: Uint8Array): Buffer {
  const head = Buffer.from([0, 0, body.length, type, flags, 0, 0, 0, stream]);
  return Buffer.concat([head, body]);
}

/** RFC 7541 6.2.2, without Huffman codes. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
}

/** The bytes of a visitor of HTTP/2 that begins to send a body. */
function begunUpload(): Buffer {
  const pairs = { ':method': 'POST', ':scheme': 'https', ':path': '/', ':authority': NODE_NAME };
  const headers = Buffer.concat(Object.entries(pairs).map(([name, value]) => literal(name, value)));
  const frames = [frame(4, 0, 0, Buffer.alloc(0)), frame(1, 4, 1, headers), frame(0, 0, 1, Buffer.from('part'))];
  return Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), ...frames]);
}

const NO_ERROR = frame(3, 0, 1, Buffer.from([0, 0, 0, 0]));
const CANCEL = frame(3, 0, 1, Buffer.from([0, 0, 0, 8]));

test('an upload over HTTP/2 that is broken off is broken off at the target, too, and never seems whole', async () => {
  let [begun, over]: ((how: string) => void)[] = [];
  const port = await target(
    http.createServer((request) => {
      request.on('end', () => over?.('whole')).on('error', () => over?.('broken'));
      request.once('data', () => begun?.('begun'));
    }),
  );
  const site = bench({ 443: { https: port } });
  for (const way of [NO_ERROR, CANCEL, undefined]) {
    const seen = new Promise<string>((resolve) => {
      begun = resolve;
    });
    const how = new Promise<string>((resolve) => {
      over = resolve;
    });
    const through = site.visitor.connect({ host: NODE_ADDRESS, port: 443 });
    const socket = tls.connect({ servername: NODE_NAME, ca: ROOT, ALPNProtocols: ['h2'], socket: through as never });
    socket.on('error', () => {}).write(begunUpload());
    await seen;
    if (way === undefined) through.destroy();
    else socket.write(way);
    expect([way, await how]).toEqual([way, 'broken']);
    socket.destroy();
  }
});

test('a function that throws costs the one request', async () => {
  const site = bench({
    80: {
      http: {
        '/': { text: 'here' },
        '/bad': () => {
          throw new Error('oops');
        },
      },
    },
  });
  expect((await ask(site, `http://${NODE_NAME}/bad`)).status).toBe(500);
  expect((await ask(site, `http://${NODE_NAME}/`)).body).toBe('here');
  expect(site.logged.join()).toContain('oops');
});

test('who asks for a change of protocol that nobody takes has its answer, and cannot hold the connection', async () => {
  const site = bench({ 80: { http: { text: 'plain' } } });
  const socket = site.visitor.connect({ host: NODE_ADDRESS, port: 80, allowHalfOpen: true });
  ends.push(() => socket.destroy());
  void raw(socket, `GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nmore`);
  await once(socket, 'end');
  await expect.poll(() => site.serve.numbers.open).toBe(0);
});

test('a redirect tells the path as it was asked for, also with a dollar, and nothing of a whole URL but its path', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the places of Tailscale's configuration
  const site = bench({ 80: { http: { redirect: '301:https://x${REQUEST_URI}' } } });
  const to = async (path: string) => (await ask(site, `http://${NODE_NAME}/`, { path })).headers.location;
  expect([await to('/$&a?$$'), await to("/$'$`"), await to('http://evil/a?b')]).toEqual([
    'https://x/$&a?$$',
    "https://x/$'$`",
    'https://x/a?b',
  ]);
});

test('a target of the PROXY protocol is told our line first, wherever the visitor comes from', async () => {
  for (const [from, line] of [
    ['::ffff:203.0.113.9', /^PROXY TCP4 203\.0\.113\.9 /],
    ['2001:db8::9', /^PROXY TCP6 2001:db8::9 ::1 /],
  ] as const) {
    const heard: string[] = [];
    const port = await blunt('', heard);
    await raw(await bench({ 5: { tcp: port, proxyProtocol: 1 } }).enter(5, from), 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n');
    expect(heard.join('')).toMatch(line);
  }
});

test('a visitor that says a last word after our end is not answered with a reset, which could overtake the answer', async () => {
  const site = bench({ 80: { http: { text: 'here' } } });
  const socket = site.visitor.connect({ host: NODE_ADDRESS, port: 80, allowHalfOpen: true });
  const heard = raw(socket, `GET / HTTP/1.1\r\n${HEAD}\r\n`);
  await once(socket, 'end');
  socket.write('last');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.end(' word');
  expect(await heard).toMatch(/here\r?\n?0?\s*$/);
});

test('however many headers a request has, none is left out, and its body goes with them', async () => {
  const heard: string[] = [];
  const site = bench({ 80: { http: await blunt('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', heard) } });
  const many = Array.from({ length: 2_500 }, (_, i) => `x${i}: y\r\n`).join('');
  expect(await visit(site, `POST / HTTP/1.1\r\n${HEAD}${many}X-Last: here\r\nContent-Length: 4\r\n\r\nbody`)).toMatch(/^HTTP\/1.1 200 /);
  expect(heard.join('')).toMatch(/X-Last: here\r\nContent-Length: 4\r\n.*\r\n\r\nbody$/s);
});

test('a request of HTTP/2 with two hosts is refused, also by a function of the program, which might read the other one', async () => {
  const site = bench({ 443: { https: (request, response) => void response.end(request.headers.host) } });
  const session = secureSession(site);
  ends.push(() => session.destroy());
  for (const [host, status] of [
    ['evil.example', 400],
    [NODE_NAME, 200],
  ] as const) {
    const stream = session.request({ ':path': '/', ':authority': NODE_NAME, host });
    expect((await once(stream.resume(), 'response'))[0][':status']).toBe(status);
  }
});
