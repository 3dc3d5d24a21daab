import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode, type HeddleNode } from '@heddle/core';
import { fileStore } from '@heddle/core/node';
import { MemoryNetwork, memory, memoryStack } from '@heddle/testing';
import { decodeStunAnswer, encodeStunRequest, formatAddress } from '@heddle/wire';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { expect, test } from 'vitest';
import { startDevnet } from './start-devnet.js';

const network = (): ((hostname: string, url: string, authKey: string) => HeddleNode) => {
  const wires = new MemoryNetwork();
  return (hostname, url, authKey) =>
    createNode({ hostname }, [ts2021({ url, authKey }), memory({ network: wires, name: hostname }), memoryStack()]);
};

/** Resolves when the node sees so many peers online. */
const sees = (node: HeddleNode, count: number): Promise<unknown> =>
  firstValueFrom(node.netmap$.pipe(filter(({ map }) => [...map.peers].filter(({ online }) => online).length === count)));

test('two nodes of ours join, and see each other by name', async () => {
  const devnet = await startDevnet({ authKeys: [{ key: 'k', user: 'alice@example.com' }] });
  const make = network();
  const [a, b] = [make('a', devnet.url, 'k'), make('b', devnet.url, 'k')];
  await Promise.all([a.start(), b.start()]);
  await Promise.all([sees(a, 1), sees(b, 1)]);
  const { map } = await firstValueFrom(a.netmap$);
  expect([map.self?.name, ...[...map.peers].map(({ name }) => name)].sort()).toEqual(['a.devnet.internal', 'b.devnet.internal']);
  expect([...(map.users?.values() ?? [])].map(({ loginName }) => loginName)).toEqual(['alice@example.com']);
  expect(map.relays?.regions.get(900)?.nodes).toEqual(devnet.relays.regions.get(900)?.nodes);
  await devnet.remove('b');
  await sees(a, 0);
  await Promise.all([a.close(), b.close()]);
  await devnet.close();
});

test('its state is a file that nobody else reads; a devnet that starts from it knows its nodes, keys and certificate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'devnet-'));
  const first = await startDevnet({ state: fileStore(folder), synthetic: 3 });
  const key = await first.authKey();
  await first.close();
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(folder, file), 'utf8')).toContain(key);
  const second = await startDevnet({ state: fileStore(folder), synthetic: 3 });
  expect(second.nodes().map(({ id, key }) => ({ id, key }))).toEqual(first.nodes().map(({ id, key }) => ({ id, key })));
  expect(second.nodes()).toHaveLength(3);
  const certName = (devnet: typeof first) => devnet.relays.regions.get(900)?.nodes[0]?.certName;
  expect(certName(second)).toBe(certName(first));
  await second.close();
  await rm(folder, { recursive: true });
});

test('the certificate of the relay is that of the map, and is for its address', async () => {
  const devnet = await startDevnet();
  const { hostName, derpPort, certName } = devnet.relays.regions.get(900)!.nodes[0]!;
  const socket = connect({ host: hostName, port: derpPort!, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const leaf = socket.getPeerX509Certificate()!;
  expect(`sha256-raw:${leaf.fingerprint256.replaceAll(':', '').toLowerCase()}`).toBe(certName);
  expect(leaf.checkIP(hostName)).toBe(hostName);
  expect(leaf.verify(leaf.publicKey)).toBe(true);
  socket.destroy();
  await devnet.close();
});

test('STUN says where the question came from', async () => {
  const devnet = await startDevnet();
  const { hostName, stunPort } = devnet.relays.regions.get(900)!.nodes[0]!;
  const socket = createSocket('udp4');
  socket.send('noise', stunPort!, hostName);
  socket.send(encodeStunRequest(new Uint8Array(12).fill(3)), stunPort!, hostName);
  const [answer] = await once(socket, 'message');
  const { address, port } = decodeStunAnswer(answer)!;
  expect([formatAddress(address), port]).toEqual(['127.0.0.1', socket.address().port]);
  socket.close();
  await devnet.close();
});

test.each(['//', '///key?v=1', 'http://[', '//a:999999/', '*'])(
  'a request for %j is answered, and the next one as well',
  async (target) => {
    const devnet = await startDevnet();
    const socket = connectTcp(Number(new URL(devnet.url).port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 40[04] /);
    expect((await fetch(`${devnet.url}/key?v=109`)).status).toBe(200);
    socket.destroy();
    await devnet.close();
  },
);

test('a mistake in the options is an error with a code, and leaves nothing open', async () => {
  await expect(startDevnet({ address: 'localhost' })).rejects.toMatchObject({ code: 'HEDDLE_DEVNET_OPTIONS' });
  await expect(startDevnet({ policy: { acls: [{ src: ['group:x'], dst: ['*:*'] }] } })).rejects.toMatchObject({
    code: 'HEDDLE_DEVNET_POLICY',
  });
  await expect(startDevnet({ policy: null as never })).rejects.toMatchObject({ code: 'HEDDLE_DEVNET_POLICY' });
  for (const domain of ['', 'two words', '-a.example', 'a..b', `${'x'.repeat(64)}.example`])
    await expect(startDevnet({ domain })).rejects.toMatchObject({ code: 'HEDDLE_DEVNET_OPTIONS' });
  for (const key of [{ key: '' }, { key: 'two words' }, { user: '' }, { lifetime: Number.NaN }, { tags: ['web'] }])
    await expect(startDevnet({ authKeys: [key] })).rejects.toMatchObject({ code: 'HEDDLE_DEVNET_OPTIONS' });
  const one = await startDevnet({ domain: 'Tailnet-1.example' });
  await expect(startDevnet({ port: Number(new URL(one.url).port) })).rejects.toMatchObject({ code: 'HEDDLE_DEVNET_OPTIONS' });
  await one.close();
});
