import { expect, test } from 'vitest';
import { ControlFault } from '../src/dial/fault.js';
import { Bench, endpoint, memoryState } from './bench.js';
import { peerNode, SELF } from './memory-server.js';

const MINUTE = 60_000;
const unreachable = () => {
  throw new ControlFault('HEDDLE_TS2021_UNREACHABLE', 'nobody is there');
};

test('C7: an unreachable server is tried at most 12 times in the first minute, and every 8 s later on', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.dial = unreachable;
  await bench.open();
  await bench.pass(MINUTE);
  expect(bench.server.dials.length).toBeGreaterThan(6);
  expect(bench.server.dials.length).toBeLessThanOrEqual(12);
  expect(bench.state).toMatchObject({ is: 'offline', reason: 'nobody is there' });
  expect(bench.codes).toEqual(['HEDDLE_TS2021_UNREACHABLE']);
  await bench.pass(10 * MINUTE);
  const { dials } = bench.server;
  const waits = dials.slice(-10).map((at, i, all) => (i === 0 ? 0 : at - all[i - 1]!));
  expect(Math.max(...waits)).toBeLessThanOrEqual(9_000);
  await bench.close();
});

test.each([401, 403, 429, 500, 503])(
  'C7: HTTP %i at registration is health, and tried again at most 12 times in the first minute',
  async (status) => {
    const bench = new Bench({ authKey: 'k' });
    bench.server.register = () => ({ status, body: 'no\u0007t <b>now</b>' });
    await bench.open();
    await bench.pass(MINUTE);
    expect(bench.server.asked('/machine/register').length).toBeLessThanOrEqual(12);
    expect(bench.health).toMatchObject({ ok: false, code: 'HEDDLE_TS2021_REFUSED', text: expect.stringContaining(`HTTP ${status}: no t`) });
    await bench.close();
  },
);

test('C7: Retry-After is obeyed', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.register = () => ({ status: 429, retryAfter: 45_000 });
  await bench.open();
  await bench.pass(44_000);
  expect(bench.server.asked('/machine/register')).toHaveLength(1);
  await bench.pass(3_000);
  expect(bench.server.asked('/machine/register')).toHaveLength(2);
  await bench.close();
});

test('C7: a server that gives a map and hangs up is not asked in a tight loop', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.poll = () => {
    bench.clock.at(bench.clock.now() + 10, () => bench.server.restart());
    return { first: { Node: SELF } };
  };
  await bench.open();
  await bench.pass(MINUTE);
  expect(bench.server.polls.length).toBeLessThanOrEqual(12);
  await bench.close();
});

test('C8: after ten minutes without its server the node has its peers, and the stream and its update within 10 s of its return', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.poll = () => ({ first: { Node: SELF, Peers: [peerNode(2)] } });
  await bench.open();
  await bench.pass(5 * MINUTE);
  bench.server.send({ KeepAlive: true });
  bench.server.dial = unreachable;
  bench.server.restart();
  await bench.pass(10 * MINUTE);
  expect(bench.state.is).toBe('offline');
  expect(bench.peers).toEqual(['peer2.lab.example.com']);
  const updates = bench.server.updates.length;
  bench.server.dial = () => {};
  await bench.pass(10_000);
  expect(bench.state).toEqual({ is: 'online' });
  expect(bench.server.updates.length).toBe(updates + 1);
  expect(bench.server.asked('/machine/register')).toHaveLength(1);
  await bench.close();
});

test('a server that says nothing for 120 s is given up, one that keeps alive is not', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  for (let i = 0; i < 10; i++) {
    await bench.pass(MINUTE);
    bench.server.send({ KeepAlive: true });
  }
  expect(bench.server.polls).toHaveLength(1);
  await bench.pass(119_000);
  expect(bench.server.polls).toHaveLength(1);
  await bench.pass(5_000);
  expect(bench.server.polls).toHaveLength(2);
  await bench.close();
});

test('changes of endpoints are told together after a moment, an unchanged one never, and the stream goes on', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  await bench.pass(5_000);
  for (let port = 1; port <= 50; port++) bench.control.publish({ endpoints: [endpoint('2001:db8::1', port, 'stun')] });
  await bench.pass(5_000);
  bench.control.publish({ endpoints: [endpoint('2001:db8::1', 50, 'stun')] });
  await bench.pass(5_000);
  expect(bench.server.updates.map(({ body }) => [body.Endpoints, body.EndpointTypes])).toEqual([
    [[], []],
    [['[2001:db8::1]:50'], [2]],
  ]);
  expect(bench.server.polls).toHaveLength(1);
  await bench.close();
});

test.each(['HEDDLE_TS2021_HANDSHAKE', 'HEDDLE_TS2021_REFUSED'] as const)(
  'C5: a server that shows another key is not talked to before somebody consents: %s',
  async (told) => {
    const first = new Bench({ authKey: 'k' });
    await first.open();
    await first.close();
    const bench = new Bench({ authKey: 'k', store: first.store, identity: first.identity });
    bench.server.otherKey = new ControlFault(told, 'another key', { status: 400 });
    bench.server.key = (await import('@heddle/crypto')).PublicKey.parse('machine', `mkey:${'cd'.repeat(32)}`);
    await bench.open();
    await bench.pass(10 * MINUTE);
    expect(bench.server.seen).toEqual([]);
    expect(bench.health).toMatchObject({
      ok: false,
      code: 'HEDDLE_TS2021_SERVER_KEY',
      text: expect.stringContaining(`mkey:${'cd'.repeat(32)}`),
    });
    await bench.control.acceptServerKey(`mkey:${'cd'.repeat(32)}`);
    await bench.pass(100);
    expect(bench.state).toEqual({ is: 'online' });
    expect(bench.control.serverKey).toBe(`mkey:${'cd'.repeat(32)}`);
    await bench.close();
  },
);

test('a server that refuses the handshake and shows the same key is told as it answers', async () => {
  const first = new Bench({ authKey: 'k' });
  await first.open();
  await first.close();
  const bench = new Bench({ authKey: 'k', store: first.store, identity: first.identity });
  bench.server.dial = () => Promise.reject(new ControlFault('HEDDLE_TS2021_REFUSED', 'no', { status: 400 }));
  await bench.open();
  await bench.pass(MINUTE);
  expect(bench.health).toMatchObject({ ok: false, code: 'HEDDLE_TS2021_REFUSED' });
  expect(bench.server.seen).toEqual([]);
  await bench.close();
});

test('G1: a date that jumps by an hour either way, or by ten years, leaves the stream alone', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  for (const hours of [-1, 1, 87_600, -87_600]) {
    bench.clock.jumpWall(hours * 60 * MINUTE);
    await bench.pass(MINUTE);
    bench.server.send({ KeepAlive: true });
  }
  expect(bench.server.polls).toHaveLength(1);
  expect(bench.state).toEqual({ is: 'online' });
  await bench.close();
});

test('a node with a kept map starts without its server', async () => {
  const first = new Bench({ authKey: 'k' });
  first.server.poll = () => ({ first: { Node: SELF, Peers: [peerNode(2), peerNode(3)] } });
  await first.open();
  await first.pass(11_000);
  await first.close();
  const bench = new Bench({ store: first.store, identity: first.identity });
  bench.server.dial = unreachable;
  await bench.open();
  expect(bench.peers).toEqual(['peer2.lab.example.com', 'peer3.lab.example.com']);
  expect(bench.changes.at(-1)!.map.self?.addresses).toEqual(['100.64.0.1/32']);
  expect(bench.state.is).toBe('offline');
  await bench.close();
});

async function following(
  store: ReturnType<typeof memoryState>,
): Promise<{ readonly bench: Bench; hasMap(): boolean; change(): Promise<void> }> {
  const bench = new Bench({ authKey: 'k', store });
  bench.server.poll = () => ({ first: { Node: SELF, Peers: [peerNode(2)] } });
  await bench.open();
  let port = 1;
  return {
    bench,
    hasMap: () => [...store.values.keys()].some((key) => key.startsWith('ts2021/map ')),
    change: async () => {
      bench.server.send({ PeersChangedPatch: [{ NodeID: 2, Endpoints: [`192.0.2.1:${port++}`] }] });
      await bench.pass(5_000);
    },
  };
}

test('a map is kept ten seconds after its last change, and within a minute when changes do not end', async () => {
  const { bench, hasMap, change } = await following(memoryState());
  for (let i = 0; i < 4; i++) await change();
  expect(hasMap()).toBe(false);
  await bench.pass(6_000);
  expect(hasMap()).toBe(true);
  await bench.close();
  const restless = await following(memoryState());
  for (let i = 0; i < 11; i++) await restless.change();
  expect(restless.hasMap()).toBe(false);
  for (let i = 0; i < 2; i++) await restless.change();
  expect(restless.hasMap()).toBe(true);
  await restless.bench.close();
});

test('a state that ends with the node keeps no map', async () => {
  const { bench, hasMap } = await following(memoryState(false));
  await bench.pass(2 * MINUTE);
  await bench.close();
  expect(hasMap()).toBe(false);
});

test('C10: pings are answered to the control host alone', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  const ping = async (URL: string, more: object = {}): Promise<void> => {
    bench.server.send({ PingRequest: { URL, ...more } });
    await bench.pass(0);
  };
  await ping('http://169.254.169.254/latest/meta-data');
  await ping('file:///etc/passwd');
  await ping('javascript:alert(1)');
  await ping('http://control.example.com/other-port');
  await ping('https://control.example.com:8080/other-scheme');
  await ping('http://control.example.com:8080@evil.example/');
  expect(bench.server.outside).toEqual([]);
  await ping('http://control.example.com:8080/machine/ping-response?id=1');
  expect(bench.server.outside).toEqual(['HEAD http://control.example.com:8080/machine/ping-response?id=1']);
  await ping('https://unused/c2n/1', {
    Types: 'c2n',
    Payload: Buffer.from('POST /echo HTTP/1.1\r\nHost: x\r\n\r\nhello').toString('base64'),
  });
  expect(bench.server.asked('/c2n/1')[0]).toMatchObject({
    method: 'POST',
    body: expect.stringMatching(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\nhello$/),
  });
  await ping('https://unused/p/2', { URLIsNoise: true });
  expect(bench.server.asked('/p/2')[0]).toMatchObject({ method: 'HEAD' });
  await bench.close();
});

test('C10: a page that the server wants to be visited is shown, never opened', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  bench.server.send({ PopBrowserURL: 'http://169.254.169.254/' });
  await bench.pass(0);
  expect(bench.health).toMatchObject({ code: 'HEDDLE_TS2021_MESSAGE', text: expect.stringContaining('http://169.254.169.254/') });
  expect(bench.server.outside).toEqual([]);
  await bench.close();
});

test('a clock that differs by more than a minute is noticed', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.poll = () => ({ first: { Node: SELF, ControlTime: new Date(bench.clock.wall() + 5 * MINUTE).toISOString() } });
  await bench.open();
  expect(bench.health).toMatchObject({ code: 'HEDDLE_TS2021_CLOCK', text: expect.stringContaining('5 minutes behind') });
  await bench.close();
});

test('a pause that the server asks for is kept', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.poll = () => ({ first: { Node: SELF, Debug: { SleepSeconds: 200 } } });
  await bench.open();
  await bench.pass(199_000);
  expect(bench.server.polls).toHaveLength(1);
  bench.server.poll = () => ({ first: { Node: SELF } });
  await bench.pass(2_000);
  expect(bench.server.polls).toHaveLength(2);
  await bench.close();
});

test('failures before a poll that lasted are forgotten: the next ones begin with short waits', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.dial = unreachable;
  await bench.open();
  await bench.pass(2 * MINUTE);
  bench.server.dial = () => {};
  await bench.pass(MINUTE);
  bench.server.dial = unreachable;
  bench.server.restart();
  const before = bench.server.dials.length;
  await bench.pass(7_100);
  expect(bench.server.dials.length - before).toBe(3);
  await bench.close();
});

test('C6: a server that takes a request and stalls is given up after 30 s, and the update beside the stream does not end the stream', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.register = () => new Promise(() => {});
  await bench.open();
  await bench.pass(29_000);
  expect(bench.state).toEqual({ is: 'offline', reason: 'asking the control server' });
  await bench.pass(2_000);
  expect(bench.codes).toEqual(['HEDDLE_TS2021_UNREACHABLE']);
  bench.server.register = () => bench.server.json({ MachineAuthorized: true });
  bench.server.update = () => 503;
  await bench.pass(MINUTE);
  expect(bench.state).toEqual({ is: 'online' });
  expect(bench.server.polls).toHaveLength(1);
  expect(bench.server.updates.length).toBeLessThanOrEqual(8);
  await bench.close();
});

test('the addresses of the control server stay outside the tunnel, also when its name means another one', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  const outside = () => bench.changes.at(-1)?.map.self?.outside;
  expect(outside()).toEqual(['192.0.2.1']);
  bench.server.addresses = ['192.0.2.1', '192.0.2.2'];
  bench.server.restart();
  bench.server.dial = unreachable;
  await bench.pass(2_000);
  expect(bench.state.is).toBe('offline');
  expect(outside()).toEqual(['192.0.2.1', '192.0.2.2']);
  bench.server.dial = () => {};
  bench.server.poll = () => ({ first: { Node: { ...SELF, Name: 'two.lab.example.com.' } } });
  await bench.pass(10_000);
  expect(bench.changes.at(-1)?.map.self).toMatchObject({ name: 'two.lab.example.com', outside: ['192.0.2.1', '192.0.2.2'] });
  await bench.close();
});
