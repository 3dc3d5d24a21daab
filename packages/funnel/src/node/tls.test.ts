import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { raw, read } from '../../test/ask.js';
import { NODE_ADDRESS, NODE_NAME, ServeBench } from '../../test/serve-bench.js';
import { OTHER, ROOT, WEB } from '../../test/test-certificates.js';
import type { CertificateSource } from '../certificate-source.js';
import type { PortHandlers } from './handlers.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const source: CertificateSource = {
  for: async (name) => ({ [NODE_NAME]: WEB, 'other.example': OTHER })[name],
  announce: () => {},
};

function bench(ports: PortHandlers, more: ConstructorParameters<typeof ServeBench>[0] = {}): ServeBench {
  const made = new ServeBench({ ports, certificates: source, ...more });
  ends.push(() => made.close());
  return made;
}

function secured(site: ServeBench, options: tls.ConnectionOptions = {}, port = 443): tls.TLSSocket {
  const socket = site.visitor.connect({ host: NODE_ADDRESS, port });
  const over = tls.connect({ servername: NODE_NAME, ca: ROOT, ...options, socket: socket as never });
  ends.push(() => over.destroy());
  return over.on('error', () => {});
}

/** What a handshake comes to: the protocols agreed on, or the code of the failure. */
async function handshake(site: ServeBench, options: tls.ConnectionOptions = {}): Promise<string> {
  const socket = secured(site, options);
  const failed = once(socket, 'error').then(([error]) => `!${(error as NodeJS.ErrnoException).code}`);
  const done = once(socket, 'secureConnect').then(() => `${socket.getProtocol()} ${socket.alpnProtocol}`);
  return Promise.race([done, failed]);
}

const hello: PortHandlers = {
  443: { https: (request, response) => void response.end(`${request.httpVersion} ${request.headers['x-forwarded-proto']}`) },
};

test('TLS 1.2 and 1.3 are spoken, nothing older, with the whole chain and a choice of h2 and http/1.1', async () => {
  const site = bench(hello);
  expect(await handshake(site, { maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] })).toBe('TLSv1.2 h2');
  expect(await handshake(site, { minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] })).toBe('TLSv1.3 http/1.1');
  expect(await handshake(site, { ALPNProtocols: ['http/1.1', 'h2'] })).toBe('TLSv1.3 h2');
  expect(await handshake(site)).toBe('TLSv1.3 false');
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  expect(await handshake(site, old)).toBe('!ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  expect(await handshake(site, { ALPNProtocols: ['spdy'] })).toBe('!ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
});

test('a name with the dot of the root at its end is the same name, in the handshake and in the request', async () => {
  const socket = secured(bench(hello), { servername: `${NODE_NAME}.`, rejectUnauthorized: false });
  expect(await raw(socket, `GET / HTTP/1.1\r\nHost: ${NODE_NAME}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
});

test('a visitor of TLS 1.2 cannot have the handshake made anew, which would cost us more than it', async () => {
  const socket = secured(bench(hello), { maxVersion: 'TLSv1.2' });
  await once(socket, 'secureConnect');
  const done = new Promise<string>((resolve) => void socket.renegotiate({}, (error) => resolve(error === null ? 'made' : 'refused')));
  const failed = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code);
  expect(await Promise.race([done, failed])).toBe('ERR_SSL_NO_RENEGOTIATION');
});

test('an unknown name, and none at all, are refused with an alert (F12)', async () => {
  const site = bench(hello);
  expect(await handshake(site, { servername: 'other.example' })).toBe('!ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  expect(await handshake(site, { servername: '' })).toBe('!ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
});

test('HTTP/1.1 and HTTP/2 reach the same handlers', async () => {
  const site = bench(hello);
  const one = http.get({ createConnection: () => secured(site) as never, headers: { host: NODE_NAME } });
  expect((await read((await once(one, 'response'))[0])).body).toBe('1.1 https');
  const session = http2.connect(`https://${NODE_NAME}`, { createConnection: () => secured(site, { ALPNProtocols: ['h2'] }) });
  ends.push(() => session.destroy());
  const two = session.request({ ':path': '/' });
  expect(await text(two)).toBe('2.0 https');
});

test('a host other than the name of the handshake is misdirected', async () => {
  const site = bench(hello);
  const one = http.get({ createConnection: () => secured(site) as never, headers: { host: 'other.example' } });
  expect((await read((await once(one, 'response'))[0])).status).toBe(421);
});

test('plain HTTP, garbage and silence on a TLS port each get their answer (F12)', async () => {
  const site = bench(hello, { limits: { handshake: 100 } });
  const connect = () => site.visitor.connect({ host: NODE_ADDRESS, port: 443 });
  expect(await raw(connect(), 'GET / HTTP/1.1\r\nHost: web\r\n\r\n')).toMatch(
    /^HTTP\/1.0 400 Bad Request\r\n.*Client sent an HTTP request to an HTTPS server.\n$/s,
  );
  expect(await raw(connect(), Buffer.from('00ff00ff', 'hex'))).toBe('\x15\x03\x01\x00\x02\x02\x32');
  expect(await raw(connect(), Buffer.from('1603', 'hex'))).toBe('!ECONNRESET');
});

test('a handshake that stops in the middle is cut off', async () => {
  const site = bench(hello, { limits: { handshake: 100 } });
  const socket = site.visitor.connect({ host: NODE_ADDRESS, port: 443 });
  const client = tls.connect({ servername: NODE_NAME, ca: ROOT, maxVersion: 'TLSv1.2', socket: halfDeaf(socket) as never });
  client.on('error', () => {});
  await new Promise((closed) => socket.on('error', () => {}).on('close', closed));
});

test('choice by name passes TLS through untouched, to the target of each name', async () => {
  const echo = tls.createServer({ cert: OTHER.certificate, key: OTHER.key }, (socket) => socket.end('from other'));
  const site = bench({ 443: { sni: { 'other.example': echo } } });
  const socket = secured(site, { servername: 'other.example' });
  expect(await text(socket)).toBe('from other');
  expect(await handshake(site)).toBe('!ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
});

test('TLS that ends here gives the target clear bytes', async () => {
  const site = bench({ 443: { tls: (socket, visitor) => void socket.end(`clear ${visitor.local.port}`) } });
  expect(await text(secured(site))).toBe('clear 443');
});

test('a certificate that cannot be had is an alert, and is logged', async () => {
  const broken = { ...source, for: async () => Promise.reject(new Error('no order')) };
  const site = bench(hello, { certificates: broken });
  expect(await handshake(site)).toBe('!ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR');
  expect(site.logged.join()).toContain('no order');
});

test('who asks by acme-tls/1 is shown the challenge, and nothing else', async () => {
  const site = bench(hello, { certificates: { ...source, challenge: (name) => (name === NODE_NAME ? OTHER : undefined) } });
  const socket = secured(site, { ALPNProtocols: ['acme-tls/1'], rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  expect([socket.alpnProtocol, socket.getPeerCertificate().subject.CN]).toEqual(['acme-tls/1', 'other.example']);
});

async function text(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A connection that sends its first bytes and none of the later ones. */
function halfDeaf(socket: import('node:stream').Duplex): import('node:stream').Duplex {
  const write = socket._write.bind(socket);
  let first = true;
  socket._write = (chunk, encoding, done) => {
    if (first) write(chunk, encoding, done);
    else done();
    first = false;
  };
  return socket;
}
