import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Question, secureSession } from '../../../test/ask.js';
import { NODE_ADDRESS, NODE_NAME, ServeBench } from '../../../test/serve-bench.js';
import { WEB } from '../../../test/test-certificates.js';

let folder: string;
let site: ServeBench;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-files-'));
  const root = join(folder, 'root');
  await mkdir(join(root, 'sub dir'), { recursive: true });
  await mkdir(join(root, 'site'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(root, 'ten.txt'), '0123456789');
  await writeFile(join(root, '<b>.md'), '');
  await writeFile(join(root, 'site', 'index.html'), '<p>index');
  await symlink(join(folder, 'secret.txt'), join(root, 'out'));
  await symlink(folder, join(root, 'up'));
  await symlink('ten.txt', join(root, 'in'));
  await utimes(join(root, 'ten.txt'), 1_700_000_000, 1_700_000_000);
  const mounts = { '/files': { files: root }, '/one': { files: join(root, 'ten.txt') } };
  const certificates = { for: async () => WEB, announce: () => {} };
  site = new ServeBench({ ports: { 80: { http: mounts }, 443: { https: mounts } }, certificates });
});

afterAll(async () => {
  site.close();
  await rm(folder, { recursive: true });
});

const get = (path: string, options: Question = {}) => ask(site, `http://${NODE_NAME}/`, { ...options, path });

test('a file comes with its length, type and version, and a HEAD with the same but the bytes', async () => {
  const { status, body, headers } = await get('/files/ten.txt');
  const told = {
    'content-length': '10',
    'content-type': 'text/plain; charset=utf-8',
    'accept-ranges': 'bytes',
    'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
  };
  expect({ status, body, headers }).toMatchObject({ status: 200, body: '0123456789', headers: told });
  expect(await get('/files/ten.txt', { method: 'HEAD' })).toMatchObject({ status: 200, body: '', headers: told });
  expect((await get('/one')).body).toBe('0123456789');
  expect((await get('/files/in')).body).toBe('0123456789');
});

test('ranges and versions are honoured', async () => {
  const { headers } = await get('/files/ten.txt');
  const ask = async (wanted: Record<string, string>) => {
    const { status, body, headers: told } = await get('/files/ten.txt', { headers: wanted });
    return [status, body, told['content-range']];
  };
  expect(await ask({ range: 'bytes=2-4' })).toEqual([206, '234', 'bytes 2-4/10']);
  expect(await ask({ range: 'bytes=-3' })).toEqual([206, '789', 'bytes 7-9/10']);
  expect(await ask({ range: 'bytes=10-' })).toEqual([416, '', 'bytes */10']);
  expect(await ask({ range: 'bytes=0-1,3-4' })).toEqual([200, '0123456789', undefined]);
  expect(await ask({ range: 'bytes=2-4', 'if-range': '"old"' })).toEqual([200, '0123456789', undefined]);
  for (const [wanted, status] of [
    ['"old", "older"', 412],
    [`W/${headers.etag}`, 412],
    [`"old", ${headers.etag}`, 200],
    ['*', 200],
  ] as const)
    expect([wanted, (await ask({ 'if-match': wanted }))[0]]).toEqual([wanted, status]);
  expect((await ask({ 'if-unmodified-since': 'Tue, 14 Nov 2023 22:13:19 GMT' }))[0]).toBe(412);
  expect((await ask({ 'if-unmodified-since': headers['last-modified']! }))[0]).toBe(200);
  expect((await ask({ 'if-none-match': `"x", ${headers.etag}` }))[0]).toBe(304);
  expect((await ask({ 'if-modified-since': headers['last-modified']! }))[0]).toBe(304);
  expect((await ask({ 'if-modified-since': 'Tue, 14 Nov 2023 22:13:19 GMT' }))[0]).toBe(200);
});

test('no path and no link leads out of the folder', async () => {
  const ways = [
    '/files/../secret.txt',
    '/files/%2e%2e/secret.txt',
    '/files/..%2fsecret.txt',
    '/files/sub%20dir/../../../secret.txt',
    '/files/out',
    '/files/up/secret.txt',
    '/files/a%00b',
  ];
  for (const way of ways) expect([way, [400, 404].includes((await get(way)).status)]).toEqual([way, true]);
  expect((await get('/files/ten.txt', { method: 'POST' })).status).toBe(405);
});

test('a folder shows its index or its names, by its right name only', async () => {
  expect(await get('/files')).toMatchObject({ status: 301, headers: { location: './files/' } });
  const { body } = await get('/files/');
  expect(body).toContain('<a href="./sub%20dir/">sub dir/</a>');
  expect(body).toContain('<a href="./%3Cb%3E.md">&lt;b&gt;.md</a>');
  expect(await get('/files/site')).toMatchObject({ status: 301, headers: { location: './site/' } });
  expect((await get('/files/site/')).body).toBe('<p>index');
  expect(await get('/files/ten.txt/')).toMatchObject({ status: 301, headers: { location: '../ten.txt' } });
});

test('the same comes over HTTP/2', async () => {
  const session = secureSession(site);
  const status: number[] = [];
  for (const [path, range] of [
    ['/files/ten.txt', 'bytes=2-4'],
    ['/files/ten.txt', 'bytes=10-'],
    ['/files/ten.txt', ''],
    ['/files/', ''],
    ['/files', ''],
  ]) {
    const stream = session.request({ ':path': path, ...(range !== '' && { range }) });
    const [headers] = await once(stream.resume(), 'response');
    status.push(headers[':status']);
  }
  session.destroy();
  expect(status).toEqual([206, 416, 200, 200, 301]);
});

test('a file that becomes shorter while it is sent breaks off, and the next answer is not taken for its rest', async () => {
  const path = join(folder, 'root', 'shrinks.bin');
  await writeFile(path, Buffer.alloc(8 * 1024 * 1024));
  const socket = site.visitor.connect({ host: NODE_ADDRESS, port: 80 });
  socket.write(`GET /files/shrinks.bin HTTP/1.1\r\nHost: ${NODE_NAME}\r\n\r\n`);
  await once(socket, 'readable');
  await truncate(path, 1_000);
  let heard = 0;
  socket
    .on('error', () => {})
    .on('data', (bytes: Buffer) => {
      heard += bytes.length;
    });
  await once(socket, 'close');
  expect(heard).toBeLessThan(8 * 1024 * 1024);
});
