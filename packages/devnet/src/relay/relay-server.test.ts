import { DERP_FRAME, encodeDerpFrame } from '@heddle/wire';
import { expect, test } from 'vitest';
import { discoPacket, RelayWorld, upgrade } from '../../test/relay-world.js';
import { RequestHeadReader } from './request-head.js';

async function world(): Promise<RelayWorld> {
  const made = new RelayWorld();
  await made.open();
  return made;
}

test('D1: a client is upgraded, told the key, and let in; what it sends reaches the other with its key', async () => {
  const relay = await world();
  const [a, b] = [await relay.enter('a'), await relay.enter('b')];
  expect(a.head).toContain('HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\n');
  expect(a.serverInfo()).toBe('{"version":2}');
  a.send(b, 'hello');
  await relay.pass(10);
  const [packet] = b.frames.filter(({ type }) => type === DERP_FRAME.recvPacket);
  expect(packet?.payload.subarray(0, 32)).toEqual(a.key.publicKey);
  expect(b.texts(DERP_FRAME.recvPacket)).toEqual(['hello']);
});

test('a ping is answered with its eight bytes', async () => {
  const relay = await world();
  const a = await relay.enter('a');
  a.ping();
  await relay.pass(10);
  expect(a.frames.at(-1)).toEqual({ type: DERP_FRAME.pong, payload: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
});

test('a disco packet for nobody is answered "not here", three times at once and then once a second; another packet is lost without a word', async () => {
  const relay = await world();
  const [a, b] = [await relay.enter('a'), await relay.enter('b')];
  b.leave();
  await relay.pass(10);
  const complaints = () => a.frames.filter(({ type, payload }) => type === DERP_FRAME.peerGone && payload[32] === 1).length;
  a.send(b, 'wireguard');
  for (let n = 0; n < 10; n++) a.send(b, discoPacket());
  await relay.pass(10);
  expect(complaints()).toBe(3);
  await relay.pass(1_000);
  for (let n = 0; n < 10; n++) a.send(b, discoPacket());
  await relay.pass(10);
  expect(complaints()).toBe(4);
  expect(relay.server.room.lost).toBe(21);
});

test('who got packets from a client is told when it goes', async () => {
  const relay = await world();
  const [a, b, c] = [await relay.enter('a'), await relay.enter('b'), await relay.enter('c')];
  a.send(b, 'x');
  await relay.pass(10);
  a.leave();
  await relay.pass(10);
  expect(b.frames.at(-1)).toEqual({ type: DERP_FRAME.peerGone, payload: Uint8Array.of(...a.key.publicKey, 0) });
  expect(c.frames.map(({ type }) => type)).not.toContain(DERP_FRAME.peerGone);
});

test('who went away and came back got no packets yet, and is told nothing', async () => {
  const relay = await world();
  const [a, b] = [await relay.enter('a'), await relay.enter('b')];
  a.send(b, 'x');
  await relay.pass(10);
  b.leave();
  await relay.pass(10);
  const again = await relay.enter('b');
  a.leave();
  await relay.pass(10);
  expect(again.frames.map(({ type }) => type)).not.toContain(DERP_FRAME.peerGone);
});

test('D5: of two connections with one key the newer gets the packets, then the one that wrote last; the key is gone with the last of them', async () => {
  const relay = await world();
  const [a, older, newer] = [await relay.enter('a'), await relay.enter('b'), await relay.enter('b')];
  a.send(newer, 'one');
  await relay.pass(10);
  older.send(a, 'I am here');
  await relay.pass(10);
  a.send(newer, 'two');
  await relay.pass(10);
  expect([older.texts(DERP_FRAME.recvPacket), newer.texts(DERP_FRAME.recvPacket)]).toEqual([['two'], ['one']]);
  older.leave();
  await relay.pass(10);
  expect(relay.server.room.has(newer.name)).toBe(true);
  expect(a.frames.map(({ type }) => type)).not.toContain(DERP_FRAME.peerGone);
});

test('who does not speak as a client, or may not come in, is put out', async () => {
  const relay = await world();
  const [talker, stranger, mesh] = [await relay.connect('x'), await relay.connect('y'), await relay.enter('z')];
  talker.write(encodeDerpFrame(DERP_FRAME.keepAlive));
  relay.refused.add(stranger.name);
  stranger.enter();
  mesh.write(encodeDerpFrame(DERP_FRAME.watchConns));
  await relay.pass(10);
  expect([talker.closed, stranger.closed, mesh.closed]).toEqual([true, true, true]);
  expect(relay.server.room.size).toBe(0);
});

test('who says nothing is put out after 10 s, and who is in hears something each minute', async () => {
  const relay = await world();
  const [silent, a] = [await relay.connect('s'), await relay.enter('a')];
  await relay.pass(10_000);
  expect([silent.closed, a.closed]).toEqual([true, false]);
  await relay.pass(60_000);
  expect(a.frames.at(-1)?.type).toBe(DERP_FRAME.keepAlive);
});

test('D4: who does not read is put out, and does not hold up the others', async () => {
  const relay = await world();
  const [a, deaf, b] = [await relay.enter('a'), await relay.enter('deaf'), await relay.enter('b')];
  deaf.reads = false;
  for (let n = 0; n < 200; n++) {
    a.send(deaf, new Uint8Array(8_000));
    await relay.pass(5);
  }
  a.send(b, 'still here');
  await relay.pass(3_000);
  expect(b.texts(DERP_FRAME.recvPacket)).toEqual(['still here']);
  expect(relay.server.room.has(deaf.name)).toBe(false);
  expect(a.closed).toBe(false);
});

test('with a fast start there is no answer but the key', async () => {
  const relay = await world();
  const a = await relay.connect('a', upgrade(['Derp-Fast-Start: 1']));
  expect(a.head.slice(0, 1)).toBe('\x01');
});

test.each([
  ['GET /derp/latency-check HTTP/1.1\r\n\r\n', '200 OK'],
  ['GET /derp HTTP/1.1\r\n\r\n', '426 Upgrade Required'],
  ['GET /generate_204 HTTP/1.1\r\nX-Tailscale-Challenge: abc\r\n\r\n', '204 No Content'],
  ['GET /secrets HTTP/1.1\r\n\r\n', '404 Not Found'],
])('%j is answered with %s', async (head, status) => {
  const relay = await world();
  const client = await relay.connect('a', head);
  expect(client.head).toContain(`HTTP/1.1 ${status}\r\n`);
  if (status.startsWith('204')) expect(client.head).toContain('X-Tailscale-Response: response abc');
  expect(client.closed).toBe(true);
});

test('what is no request is put out, however long it is', async () => {
  const relay = await world();
  expect((await relay.connect('a', 'SSH-2.0\r\n\r\n')).closed).toBe(true);
  expect((await relay.connect('b', 'x'.repeat(20_000))).closed).toBe(true);
});

test('the longest request line that is none costs no more than one that is', () => {
  const cost = (line: string): number => {
    const before = process.cpuUsage();
    for (let n = 0; n < 5; n++) new RequestHeadReader().push(new TextEncoder().encode(`${line}\r\n\r\n`));
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const path = 'a'.repeat(16_000);
  cost(`GET /${path} HTTP/1.1`);
  expect(cost(`GET /${path} X`)).toBeLessThan(50 * cost(`GET /${path} HTTP/1.1`) + 100_000);
});
