import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { site } from '../../../test/faces/sim-flows.js';
import { TEST_CERTIFICATE } from '../../../test/faces/test-certificate.js';
import type { NodeFaces } from './node-faces.js';
import { nodeFaces } from './node-faces.js';
import type { Undici } from './undici.js';

/** The undici that Node's own fetch is made of: the dispatchers of the npm package have the same shape. */
async function builtIn(): Promise<Undici> {
  await fetch('data:,wakes it');
  const dispatcher = (globalThis as unknown as Record<symbol, object>)[Symbol.for('undici.globalDispatcher.1')]!;
  return { Agent: dispatcher.constructor as Undici['Agent'] };
}

async function served(
  server: http.Server | https.Server,
  names = { worker: ['127.0.0.1'] },
): Promise<{ faces: NodeFaces; port: number; close(): void }> {
  const { faces } = site({ names, undici: await builtIn() });
  const listener = faces.listen({ port: 0, host: '127.0.0.1' }, server);
  await once(listener, 'listening');
  return { faces, port: (listener.address() as AddressInfo).port, close: () => listener.close() };
}

const echo: http.RequestListener = (request, response) => void request.pipe(response);

/** A dispatcher keeps its connections for a while; closing it lets the process end. */
async function shut(dispatcher: object): Promise<void> {
  await (dispatcher as { close(): Promise<void> }).close();
}

test('fetch finds a peer by name and takes 3 MB both ways unharmed', async () => {
  const { faces, port, close } = await served(http.createServer(echo));
  const bytes = randomFillSync(new Uint8Array(3 * 1024 * 1024));
  const response = await faces.fetch(`http://worker:${port}/`, { method: 'POST', body: bytes });
  const hash = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex');
  expect([response.status, hash(new Uint8Array(await response.arrayBuffer()))]).toEqual([200, hash(bytes)]);
  close();
});

test('the global fetch goes over the node by a dispatcher, several requests over one connection', async () => {
  let connections = 0;
  const server = http
    .createServer((request, response) => response.end(request.url))
    .on('connection', () => {
      connections += 1;
    });
  const { faces, port, close } = await served(server);
  const dispatcher = faces.dispatcher({ connections: 1 });
  for (const path of ['/a', '/b', '/c'])
    expect(await (await fetch(`http://worker:${port}${path}`, { dispatcher } as RequestInit)).text()).toBe(path);
  expect(connections).toBe(1);
  await shut(dispatcher);
  close();
});

test('https is checked against the name that was asked for', async () => {
  const { faces, port, close } = await served(
    https.createServer(TEST_CERTIFICATE, (_request, response) => response.end('secret')),
    {
      worker: ['127.0.0.1'],
      impostor: ['127.0.0.1'],
    } as never,
  );
  const dispatcher = faces.dispatcher({ tls: { ca: TEST_CERTIFICATE.cert } });
  expect(await (await fetch(`https://worker:${port}/`, { dispatcher } as RequestInit)).text()).toBe('secret');
  const failed = fetch(`https://impostor:${port}/`, { dispatcher } as RequestInit);
  await expect(failed).rejects.toMatchObject({ cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  await shut(dispatcher);
  close();
});

test('a refused port, an unknown name and an abort are told as fetch tells them', async () => {
  const { faces, port, close } = await served(http.createServer(() => {}));
  await expect(faces.fetch('http://worker:19999/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED', port: 19999 } });
  await expect(faces.fetch('http://nobody/')).rejects.toMatchObject({ cause: { code: 'ENOTFOUND' } });
  const stop = new AbortController();
  const pending = faces.fetch(`http://worker:${port}/`, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(pending).rejects.toThrow('enough');
  close();
});

test('without undici the error says what to install; with it a dispatcher is made', () => {
  const faces = nodeFaces({ flows: {}, lookup: () => [] } as never);
  if (isInstalled('undici')) expect(faces.dispatcher()).toHaveProperty('dispatch');
  else expect(() => faces.dispatcher()).toThrow('npm install undici');
});

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
