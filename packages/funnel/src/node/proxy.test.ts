import { createHash, randomBytes } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ask, listening, raw, read, secureSession } from '../../test/ask.js';
import { NODE_ADDRESS, NODE_NAME, ServeBench } from '../../test/serve-bench.js';
import { WEB } from '../../test/test-certificates.js';
import type { PortHandlers } from './handlers.js';

/** The part of a WebSocket of ws that is used; the package has no types. */
interface ServerSide extends EventEmitter {
  send(data: Buffer | string, options?: { binary: boolean }): void;
  close(code: number): void;
}

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

function http2Session(site: ServeBench): http2.ClientHttp2Session {
  const session = secureSession(site);
  ends.push(() => session.destroy());
  return session;
}

test('two megabytes go both ways through the proxy unharmed, with trailers at the end', async () => {
  const port = await target(
    http.createServer(async (request, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      const sum = createHash('sha256');
      for await (const chunk of request) {
        sum.update(chunk as Buffer);
        if (!response.write(chunk)) await once(response, 'drain');
      }
      response.addTrailers({ 'X-Sum': sum.digest('hex'), 'Tailscale-User-Login': 'root' });
      response.end();
    }),
  );
  const site = bench({ 80: { http: port } });
  const body = randomBytes(2 * 1024 * 1024);
  const answer = await ask(site, `http://${NODE_NAME}/`, { method: 'POST', body });
  expect(answer.bytes.equals(body)).toBe(true);
  expect(answer.trailers).toEqual({ 'x-sum': createHash('sha256').update(body).digest('hex') });
});

test('a target that sends without end is held back while the visitor does not read', async () => {
  let sent = 0;
  const port = await target(
    http.createServer((_request, response) => {
      const more = (): void => {
        do sent += 64 * 1024;
        while (sent < 2 ** 27 && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', more);
      more();
    }),
  );
  const site = bench({ 80: { http: port } });
  const request = http.get({
    createConnection: () => site.visitor.connect({ host: NODE_ADDRESS, port: 80 }) as never,
    headers: { host: NODE_NAME },
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let before = -1;
  while (before !== sent) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(sent).toBeLessThan(2 ** 27);
  response.destroy();
});

test('a visitor that goes away ends the request at the target; a target that breaks off breaks the answer', async () => {
  let gone: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const port = await target(
    http.createServer((request, response) => {
      response.write('begun');
      if (request.url === '/break') setTimeout(() => response.destroy(), 20);
      else response.on('close', gone);
    }),
  );
  const site = bench({ 80: { http: port } });
  const start = (path: string) =>
    http.get({
      path,
      createConnection: () => site.visitor.connect({ host: NODE_ADDRESS, port: 80 }) as never,
      headers: { host: NODE_NAME },
    });
  const request = start('/stay').on('error', () => {});
  await once(request, 'response');
  request.destroy();
  await left;
  const [response] = (await once(start('/break'), 'response')) as [http.IncomingMessage];
  await expect(read(response)).rejects.toThrow('aborted');
});

test('a request over HTTP/2 reaches a target of HTTP/1.1, and a broken answer is a reset of its stream alone', async () => {
  const port = await target(
    http.createServer((request, response) => {
      if (request.url === '/break') {
        response.write('begun');
        setTimeout(() => response.destroy(), 20);
      } else
        response
          .setHeader('Set-Cookie', ['a=1', 'b=2'])
          .end(`${request.headers.cookie} ${request.headers.host} ${request.headers['transfer-encoding']}`);
    }),
  );
  const session = http2Session(bench({ 443: { https: port } }));
  const broken = session.request({ ':path': '/break' });
  await expect(once(broken, 'end')).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  const good = session.request({ ':path': '/', ':method': 'POST', cookie: ['c=1', 'd=2'] });
  const headers = once(good, 'response');
  good.end('body');
  const chunks: Buffer[] = [];
  for await (const chunk of good) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe(`c=1; d=2 ${NODE_NAME}:443 chunked`);
  expect((await headers)[0]).toMatchObject({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] });
});

test('a WebSocket goes through the proxy and to a server of the program, text, binary and close', async () => {
  const echoes = (server: http.Server): http.Server => {
    new WebSocketServer({ server }).on('connection', (socket: ServerSide, request: http.IncomingMessage) => {
      socket.send(`${request.url} ${request.headers['x-forwarded-host']}`);
      socket.on('message', (data: Buffer, binary: boolean) => socket.send(data, { binary }));
      socket.on('close', (code: number) => socket.close(code));
    });
    return server;
  };
  const port = await target(echoes(http.createServer()));
  const site = bench({ 80: { http: { '/ws': port, '/own': echoes(http.createServer()) } } });
  for (const path of ['/ws', '/own']) {
    const socket = new WebSocket(`ws://${NODE_NAME}${path}/chat`, {
      createConnection: () => site.visitor.connect({ host: NODE_ADDRESS, port: 80 }),
    } as never);
    expect(String((await once(socket, 'message'))[0])).toBe(`/chat ${NODE_NAME}`);
    socket.send(Buffer.alloc(100_000, 7));
    expect(((await once(socket, 'message'))[0] as Buffer).equals(Buffer.alloc(100_000, 7))).toBe(true);
    socket.close(1000, 'done');
    expect((await once(socket, 'close'))[0]).toBe(1000);
  }
});

test('a change of protocol that nobody takes is an ordinary request', async () => {
  const site = bench({ 80: { http: { text: 'plain' } } });
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQ' };
  expect(await ask(site, `http://${NODE_NAME}/`, { headers })).toMatchObject({ status: 200, body: 'plain' });
});

test('requests that two parsers could read in two ways are refused before a target sees them (F12)', async () => {
  const seen: string[] = [];
  const port = await target(http.createServer((request, response) => response.end(String(seen.push(request.url!)))));
  const site = bench({ 80: { http: port } });
  const head = `POST / HTTP/1.1\r\nHost: ${NODE_NAME}\r\n`;
  const tricks = [
    `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: ${NODE_NAME}\r\n\r\n`,
    `${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    `${head}Content-Length: +4\r\n\r\nabcd`,
    `GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nX: a\nY: b\r\n\r\n`,
  ];
  for (const trick of tricks) {
    const answer = await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), trick);
    expect([trick, answer.slice(0, 12)]).toEqual([trick, 'HTTP/1.1 400']);
  }
  expect(seen).toEqual([]);
});

test('what is not below the mount as it is written is not found', async () => {
  const port = await target(http.createServer((request, response) => response.end(request.url)));
  const site = bench({ 80: { http: { '/public': port } } });
  const status = async (path: string) => (await ask(site, `http://${NODE_NAME}/`, { path })).status;
  expect([await status('/public/a'), await status('/other/../public/a'), await status('/other/%2e%2e/public/a')]).toEqual([200, 404, 404]);
});

test('gRPC stays HTTP/2 up to its target, with trailers, and without what a visitor claims', async () => {
  const target = http2.createServer((request, response) => {
    const { 'tailscale-user-login': login, 'x-forwarded-proto': proto, ':authority': authority } = request.headers;
    request.pipe(response, { end: false });
    request.on('end', () => {
      response.write(` ${request.url} ${login} ${proto} ${authority}`);
      response.addTrailers({ 'grpc-status': '0' });
      response.end();
    });
  });
  const port = await listening(target);
  ends.push(() => void target.close());
  const session = http2Session(bench({ 443: { https: { '/rpc': port, '/away': 1 } } }));
  const ask = (path: string) =>
    session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      'tailscale-user-login': 'root',
    });
  const stream = ask('/rpc/Echo');
  const trailers = once(stream, 'trailers');
  stream.end('body');
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe(`body /Echo undefined https ${NODE_NAME}:443`);
  expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
  const away = ask('/away/Echo');
  away.end('body');
  expect((await once(away, 'response'))[0]).toMatchObject({ ':status': 502 });
});

test('a handler in the process sees behind a body what the visitor sent, and nothing that only this node may say', async () => {
  const said: unknown[] = [];
  const handler = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const before = request.url === '/early' ? request.trailers : undefined;
    for await (const _chunk of request);
    const lists = [request.trailers, request.trailersDistinct, before ?? request.trailers];
    said.push([...lists.map((list) => Object.entries(list ?? {})), request.rawTrailers]);
    response.end('ok');
  };
  const site = bench({ 80: { http: handler }, 443: { https: handler } });
  const body = '0\r\nTailscale-User-Login: root\r\nX-Sum: 1\r\nX_Forwarded_For: 10.0.0.1\r\n\r\n';
  for (const path of ['/late', '/early']) {
    const head = `POST ${path} HTTP/1.1\r\nHost: ${NODE_NAME}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), head + body)).toMatch(/ok/);
  }
  const stream = http2Session(site).request({ ':method': 'POST', ':path': '/late' }, { waitForTrailers: true } as never);
  stream.on('wantTrailers', () => stream.sendTrailers({ 'tailscale-user-login': 'root', 'x-sum': '1', 'x-forwarded-for': '10.0.0.1' }));
  stream.end();
  await once(stream.resume(), 'close');
  const [sum, distinct] = [[['x-sum', '1']], [['x-sum', ['1']]]];
  expect(said).toEqual([
    [sum, distinct, sum, ['X-Sum', '1']],
    [sum, distinct, sum, ['X-Sum', '1']],
    [sum, [], sum, ['x-sum', '1']],
  ]);
});

/** A target that says this to everybody. */
async function saying(answer: string): Promise<number> {
  const server = net.createServer((socket) => void socket.on('error', () => {}).once('data', () => socket.end(answer)));
  ends.push(() => server.close());
  return listening(server);
}

test('early hints reach a visitor before the answer, over HTTP/1.1 and HTTP/2, and no visitor of HTTP/1.0', async () => {
  const links = 'Link: </a.css>; rel=preload, </b.js>; rel=preload\r\nLink: </c>; rel=next\r\n';
  const hints = `HTTP/1.1 103 Early\r\n${links}Tailscale-User-Login: root\r\n\r\nHTTP/1.1 103 Early\r\nLink: none\r\n\r\n`;
  const port = await saying(`${hints}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody`);
  const site = bench({ 80: { http: port }, 443: { https: port } });
  const link = '</a.css>; rel=preload, </b.js>; rel=preload, </c>; rel=next';
  const visit = (version: string): Promise<string> =>
    raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), `GET / HTTP/${version}\r\nHost: web\r\nConnection: close\r\n\r\n`);
  const head = `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\nHTTP/1.1 200 OK\r\n`;
  expect((await visit('1.1')).slice(0, head.length)).toBe(head);
  expect(await visit('1.0')).toMatch(/^HTTP\/1.1 200 OK\r\n(?!.*103)/s);
  const stream = http2Session(site).request({ ':path': '/' });
  const [[hint], [answer]] = await Promise.all([once(stream, 'headers'), once(stream.resume(), 'response')]);
  expect([hint, answer]).toMatchObject([{ ':status': 103, link }, { ':status': 200 }]);
});

test('a target with TLS is asked for by its own name, and not by what the visitor calls the node', async () => {
  const asked: unknown[] = [];
  const server = https.createServer({ cert: WEB.certificate, key: WEB.key }, (request, response) => {
    asked.push([request.headers.host, (request.socket as { servername?: unknown }).servername]);
    response.end();
  });
  const port = await target(server);
  const mounts = { '/name': `https+insecure://localhost:${port}`, '/address': `https+insecure://127.0.0.1:${port}` } as const;
  const site = bench({ 80: { http: mounts } });
  for (const path of Object.keys(mounts)) await ask(site, `http://${NODE_NAME}${path}`);
  const upgrade = `GET /name HTTP/1.1\r\nHost: ${NODE_NAME}\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n`;
  await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), upgrade);
  expect(asked).toEqual([
    [NODE_NAME, 'localhost'],
    [NODE_NAME, false],
    [NODE_NAME, 'localhost'],
  ]);
});

test('an answer with a large head and many headers passes as it is, and one that is too large is a 502', async () => {
  const head = (bytes: number): string => Array.from({ length: bytes / 20 }, (_, i) => `X${i}: `.padEnd(18, 'v')).join('\r\n');
  for (const [bytes, status] of [
    [60_000, 200],
    [100_000, 502],
  ] as const) {
    const site = bench({ 80: { http: await saying(`HTTP/1.1 200 OK\r\n${head(bytes)}\r\nX-Last: here\r\nContent-Length: 0\r\n\r\n`) } });
    const asked = `GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`;
    const answer = await raw(site.visitor.connect({ host: NODE_ADDRESS, port: 80 }), asked);
    expect([answer.slice(0, 13), answer.includes('X-Last: here')]).toEqual([`HTTP/1.1 ${status} `, status === 200]);
  }
});
