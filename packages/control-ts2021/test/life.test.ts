import { expect, test } from 'vitest';
import { ControlFault } from '../src/dial/fault.js';
import { Bench, endpoint, testIdentity } from './bench.js';
import { peerNode, SELF } from './memory-server.js';

const MINUTE = 60_000;
const unreachable = () => {
  throw new ControlFault('HEDDLE_TS2021_UNREACHABLE', 'nobody is there');
};

test('a node with an auth key registers, has its map, and tells of itself at once', async () => {
  const bench = new Bench({ authKey: 'tskey-auth-x' });
  bench.server.poll = () => ({ first: { Node: SELF, Peers: [peerNode(2)] } });
  bench.control.publish({ endpoints: [endpoint('192.0.2.1', 41641)], homeRelay: 'derp:900/aa' });
  await bench.open();
  expect(bench.state).toEqual({ is: 'online' });
  expect(bench.health?.ok).toBe(true);
  expect(bench.peers).toEqual(['peer2.lab.example.com']);
  const [register] = bench.server.asked('/machine/register');
  expect(register!.body).toMatchObject({
    Version: 119,
    NodeKey: bench.nodeKey,
    Auth: { AuthKey: 'tskey-auth-x' },
    Hostinfo: { Hostname: 'one' },
  });
  expect(bench.server.polls[0]!.body).toMatchObject({ NodeKey: bench.nodeKey, KeepAlive: true });
  expect(bench.server.polls[0]!.body.Compress).toBeUndefined();
  expect(bench.server.updates).toHaveLength(1);
  expect(bench.server.updates[0]!.body).toMatchObject({
    Endpoints: ['192.0.2.1:41641'],
    EndpointTypes: [1],
    Hostinfo: { NetInfo: { PreferredDERP: 900 } },
  });
  await bench.close();
  expect(bench.clock.pending).toBe(0);
});

test('a restart keeps the identity and sends no auth key to a server that knows the node', async () => {
  const first = new Bench({ authKey: 'tskey-auth-x' });
  await first.open();
  await first.close();
  const second = new Bench({ authKey: 'tskey-auth-x', store: first.store, identity: first.identity });
  await second.open();
  expect(second.server.asked('/machine/register').map(({ body }) => [body.NodeKey, body.Auth])).toEqual([[first.nodeKey, undefined]]);
  await second.close();
});

test('interactive login: the URL is state, is followed up with the same key, and a new URL replaces it', async () => {
  const bench = new Bench();
  const answers = [{ AuthURL: 'https://login.example.com/a/1' }, { AuthURL: 'https://login.example.com/a/2' }, { MachineAuthorized: true }];
  const keys = new Set<string>();
  const followups: unknown[] = [];
  bench.server.register = (body) => {
    keys.add(body.NodeKey);
    followups.push(body.Followup);
    return bench.server.json(answers.shift()!);
  };
  await bench.open();
  await bench.pass(10_000);
  expect(bench.states.filter(({ is }) => is === 'needs-login')).toEqual([
    { is: 'needs-login', url: 'https://login.example.com/a/1' },
    { is: 'needs-login', url: 'https://login.example.com/a/2' },
  ]);
  expect(followups).toEqual([undefined, 'https://login.example.com/a/1', 'https://login.example.com/a/2']);
  expect(keys.size).toBe(1);
  expect(bench.state).toEqual({ is: 'online' });
  expect(bench.codes).toEqual([]);
  await bench.close();
});

test('a follow-up whose connection breaks is sent again, not begun anew', async () => {
  const bench = new Bench();
  let tries = 0;
  bench.server.register = (body) => {
    if (body.Followup === undefined) return bench.server.json({ AuthURL: 'https://login.example.com/a/1' });
    tries += 1;
    if (tries < 3) throw new ControlFault('HEDDLE_TS2021_BROKEN', 'reset');
    return bench.server.json({ MachineAuthorized: true });
  };
  await bench.open();
  await bench.pass(MINUTE);
  expect(bench.server.asked('/machine/register').filter(({ body }) => body.Followup === undefined)).toHaveLength(1);
  expect(bench.state).toEqual({ is: 'online' });
  await bench.close();
});

test('C10: a login URL that is not http(s) is shown to nobody', async () => {
  const bench = new Bench();
  bench.server.register = () => bench.server.json({ AuthURL: 'javascript:alert(1)' });
  await bench.open();
  await bench.pass(1_000);
  expect(JSON.stringify([bench.states, bench.conditions])).not.toContain('javascript:');
  expect(bench.codes).toEqual(['HEDDLE_TS2021_REGISTER']);
  await bench.close();
});

test('a refused auth key is told with the server’s words, and tried again ever more slowly', async () => {
  const bench = new Bench({ authKey: 'tskey-auth-used' });
  bench.server.register = () => bench.server.json({ Error: 'authkey already used' });
  await bench.open();
  expect(bench.state).toEqual({ is: 'needs-login', url: undefined });
  expect(bench.health).toMatchObject({ ok: false, code: 'HEDDLE_TS2021_REGISTER', text: expect.stringContaining('authkey already used') });
  await bench.pass(MINUTE);
  expect(bench.server.asked('/machine/register').length).toBeLessThanOrEqual(12);
  await bench.close();
});

test('a device that waits for approval is followed until it is approved', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.register = () => bench.server.json({ MachineAuthorized: false });
  bench.server.poll = () => ({ first: { Node: { ...SELF, MachineAuthorized: false } } });
  await bench.open();
  expect(bench.state).toEqual({ is: 'needs-approval' });
  bench.server.send({ Node: SELF });
  await bench.pass(0);
  expect(bench.state).toEqual({ is: 'online' });
  await bench.close();
});

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

test('a node that was deleted registers again, with the auth key', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  bench.server.poll = () => ({ status: 404 });
  bench.server.restart();
  await bench.pass(1_000);
  bench.server.poll = () => ({ first: { Node: SELF } });
  await bench.pass(10_000);
  const asked = bench.server.asked('/machine/register');
  expect(asked.map(({ body }) => body.Auth?.AuthKey)).toEqual(['k', 'k']);
  expect(bench.state).toEqual({ is: 'online' });
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

test('C5: a server that shows another key is not talked to before somebody consents', async () => {
  const first = new Bench({ authKey: 'k' });
  await first.open();
  await first.close();
  const bench = new Bench({ authKey: 'k', store: first.store, identity: first.identity });
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
});

test('C12: warnings seven days and one day before the key expires; when it has, no peers, and a new key is registered', async () => {
  const bench = new Bench({ authKey: 'k' });
  const DAY = 86_400_000;
  const expiry = new Date(bench.clock.wall() + 8 * DAY).toISOString();
  bench.server.poll = (body) =>
    body.NodeKey === before
      ? { first: { Node: { ...SELF, KeyExpiry: expiry }, Peers: [peerNode(2)] } }
      : { first: { Node: SELF, Peers: [peerNode(2)] } };
  const before = bench.nodeKey;
  await bench.open();
  const days = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count * 24 * 60; minute++) {
      await bench.pass(MINUTE);
      bench.server.send({ KeepAlive: true });
    }
  };
  expect(bench.codes).toEqual([]);
  bench.clock.jumpWall(1.1 * DAY);
  await days(0.01);
  expect(bench.health).toMatchObject({ code: 'HEDDLE_TS2021_KEY_EXPIRES', text: expect.stringContaining('seven days') });
  bench.clock.jumpWall(6 * DAY);
  await days(0.01);
  expect(bench.health).toMatchObject({ code: 'HEDDLE_TS2021_KEY_EXPIRES', text: expect.stringContaining('a day') });
  const states = bench.states.length;
  bench.clock.jumpWall(DAY);
  await days(0.01);
  expect(bench.states.slice(states)[0]).toEqual({ is: 'needs-login', url: undefined });
  expect(bench.changes.some(({ map }) => map.peers.size === 0)).toBe(true);
  expect(bench.server.asked('/machine/register').at(-1)!.body).toMatchObject({ NodeKey: bench.nodeKey, OldNodeKey: before });
  expect(bench.nodeKey).not.toBe(before);
  expect(bench.state).toEqual({ is: 'online' });
  expect(bench.codes).toEqual([]);
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

test('login() registers a new key while the one in use stays, until the server has accepted it', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  const before = bench.nodeKey;
  let during: string | undefined;
  bench.server.register = (body) => {
    during = bench.nodeKey;
    expect(body.OldNodeKey).toBe(before);
    return bench.server.json({ MachineAuthorized: true });
  };
  await bench.clock.settle(bench.control.login());
  expect(during).toBe(before);
  expect(bench.nodeKey).not.toBe(before);
  await bench.pass(1_000);
  expect(bench.server.polls.at(-1)!.body.NodeKey).toBe(bench.nodeKey);
  await bench.close();
});

test('logout tells the server, forgets the node key and its map, and waits for a login', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.poll = () => ({ first: { Node: SELF, Peers: [peerNode(2)] } });
  await bench.open();
  await bench.pass(20_000);
  const before = bench.nodeKey;
  await bench.clock.settle(bench.control.logout());
  const last = bench.server.asked('/machine/register').at(-1)!;
  expect(last.body).toMatchObject({ NodeKey: before, Expiry: '1970-01-01T00:02:03Z' });
  expect(bench.nodeKey).not.toBe(before);
  expect(bench.peers).toEqual([]);
  expect([...bench.store.values.keys()].filter((key) => /registered|map/.test(key))).toEqual([]);
  await bench.pass(10 * MINUTE);
  expect(bench.state).toEqual({ is: 'needs-login', url: undefined });
  expect(bench.server.asked('/machine/register')).toHaveLength(2);
  await bench.clock.settle(bench.control.login());
  await bench.pass(100);
  expect(bench.state).toEqual({ is: 'online' });
  await bench.close();
});

test('an ephemeral node says goodbye when it closes, and does not wait for a server that is not there', async () => {
  const bench = new Bench({ authKey: 'k', ephemeral: true });
  await bench.open();
  expect(bench.server.asked('/machine/register')[0]!.body.Ephemeral).toBe(true);
  await bench.close();
  expect(bench.server.asked('/machine/register').at(-1)!.body.Expiry).toBeDefined();
  const other = new Bench({ authKey: 'k', ephemeral: true });
  await other.open();
  other.server.register = () => new Promise(() => {});
  const began = other.clock.now();
  await other.close();
  expect(other.clock.now() - began).toBeLessThanOrEqual(2_000);
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

test('G8: close while a login waits ends at once and leaves nothing', async () => {
  const bench = new Bench({ identity: testIdentity('waiting') });
  bench.server.register = (body) =>
    body.Followup === undefined ? bench.server.json({ AuthURL: 'https://login.example.com/a/1' }) : new Promise(() => {});
  await bench.open();
  await bench.pass(10_000);
  await bench.close();
  expect(bench.clock.pending).toBe(0);
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

test('C12: a server that calls every new key expired, too, is asked ever more slowly, and the node is never online', async () => {
  const bench = new Bench({ authKey: 'k' });
  const KeyExpiry = new Date(bench.clock.wall() - MINUTE).toISOString();
  bench.server.poll = () => ({ first: { Node: { ...SELF, KeyExpiry }, Peers: [peerNode(2)] } });
  await bench.open();
  await bench.pass(MINUTE);
  expect(bench.state).toEqual({ is: 'needs-login', url: undefined });
  expect(bench.states.some(({ is }) => is === 'online')).toBe(false);
  expect(bench.peers).toEqual([]);
  const asked = bench.server.asked('/machine/register').length;
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThanOrEqual(12);
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
