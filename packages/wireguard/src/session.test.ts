import { expect, test } from 'vitest';
import { table } from '../test/packets.js';
import { Sim, type SimNode } from '../test/sim.js';

/** Times of the initiations that this node has sent, in seconds since the simulation began. */
const initiations = (sim: Sim, node: SimNode): number[] => sim.sent(node, 1).map(({ at }) => (at - 1_000) / 1000);

test('two engines shake hands on the first packet and deliver it', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'hello');
  sim.run(100);
  expect(b.heard).toEqual(['hello']);
  expect(sim.log.map(({ type }) => type)).toEqual([1, 2, 4]);
  b.say(a, 'and back');
  sim.run(100);
  expect(a.heard).toEqual(['and back']);
  expect([a.drops, b.drops]).toEqual([{}, {}]);
  expect([a.establishments, b.establishments]).toEqual([1, 1]);
});

test('packets that wait for the session go out in order, and an initiator that has none sends a keepalive', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  for (const text of ['1', '2', '3']) a.say(b, text);
  sim.run(100);
  expect(b.heard).toEqual(['1', '2', '3']);
  const quiet = new Sim();
  const [c, d] = [quiet.node(), quiet.node()];
  d.knows(c);
  c.knows(d, { persistentKeepalive: 25 });
  quiet.run(100);
  expect(quiet.sent(c, 4).map(({ bytes }) => bytes.length)).toEqual([32]);
});

test('a responder does not send data before it has heard some', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  sim.wire = ({ from, type }) => (from === a && type === 4 ? [] : [10]);
  a.say(b, 'lost');
  sim.run(100);
  b.say(a, 'too early');
  sim.run(1_000);
  expect(sim.sent(b, 4)).toEqual([]);
  sim.wire = () => [10];
  a.say(b, 'now');
  sim.run(100);
  expect(b.heard).toEqual(['now']);
  expect(a.heard).toEqual(['too early']);
});

test('A6: the initiator renews the session 120 s after it was made; no payload is lost over 100 rekeys', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  let said = 0;
  while (said <= 100 * 121) {
    a.say(b, `${said}`);
    sim.run(500);
    b.say(a, `${said++}`);
    sim.run(500);
  }
  const expected = Array.from({ length: said }, (_, i) => `${i}`);
  expect(b.heard).toEqual(expected);
  expect(a.heard).toEqual(expected);
  expect(initiations(sim, b)).toEqual([]);
  expect(initiations(sim, a)).toEqual(Array.from({ length: 101 }, (_, i) => 121 * i));
  expect([a.drops, b.drops]).toEqual([{}, {}]);
});

test('A6: an initiator that hears data on a session of 165 s renews it, once', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'first');
  sim.run(164_900);
  b.say(a, 'not yet');
  sim.run(200);
  expect(initiations(sim, a)).toEqual([0]);
  sim.wire = ({ type }) => (type === 2 ? [] : [10]);
  b.say(a, 'now');
  b.say(a, 'and no second time');
  sim.run(4_000);
  b.say(a, 'nor now');
  sim.run(100);
  expect(initiations(sim, a)).toEqual([0, 165.11]);
  expect(a.heard).toHaveLength(4);
});

test('A6: after 180 s a session neither sends nor receives', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'first');
  sim.run(100);
  const late: number[] = [];
  sim.wire = ({ type }) => (type === 4 ? [179_000 - late.push(0)] : []);
  sim.run(900);
  b.say(a, 'in time');
  sim.wire = ({ type }) => (type === 4 ? [190_000] : []);
  b.say(a, 'too late');
  sim.run(200_000);
  expect(a.heard).toEqual(['in time']);
  expect(a.drops.expired).toBe(1);
  sim.wire = () => [10];
  const mark = sim.log.length;
  b.say(a, 'anew');
  sim.run(10_000);
  expect(sim.sent(b, 1, mark).length).toBe(1);
  expect(a.heard.at(-1)).toBe('anew');
});

test('A6: a peer that never answers is asked 20 times, 5 s and at most 334 ms apart, then its packets are dropped', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  sim.wire = () => [];
  a.say(b, 'anybody?');
  sim.run(200_000);
  const times = initiations(sim, a);
  expect(times).toHaveLength(20);
  for (let i = 1; i < times.length; i++) {
    expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(5);
    expect(times[i]! - times[i - 1]!).toBeLessThanOrEqual(5.334);
  }
  expect(new Set(times.map((at, i) => at - (times[i - 1] ?? 0))).size).toBeGreaterThan(10);
  expect(a.drops).toEqual({ expired: 1 });
});

test('A6: who still wants to talk makes all attempts free again, so that a peer is asked for as long as there is something to say', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  sim.wire = () => [];
  for (let i = 0; i < 60; i++) {
    a.say(b, `${i}`);
    sim.run(5_000);
  }
  expect(initiations(sim, a).length).toBeGreaterThan(50);
  expect(a.drops).toEqual({});
});

test('A6: data that stays without an answer leads to a new handshake after 15 s', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'first');
  sim.run(30_000);
  const mark = sim.log.length;
  sim.wire = () => [];
  a.say(b, 'nobody hears');
  const at = sim.now;
  sim.run(5_000);
  a.say(b, 'nor this');
  sim.run(11_000);
  const [first] = sim.sent(a, 1, mark);
  expect(first!.at - at).toBeGreaterThanOrEqual(15_000);
  expect(first!.at - at).toBeLessThanOrEqual(15_334);
});

test('A6: who only receives says after 10 s that it is there, and that is not answered', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'one way');
  sim.run(120_000);
  expect(sim.sent(b, 4).map(({ at, bytes }) => [at - 1_000, bytes.length])).toEqual([[10_030, 32]]);
  expect(sim.sent(a, 4)).toHaveLength(1);
  expect(initiations(sim, a)).toHaveLength(1);
});

test('keys that nothing has renewed for 540 s are forgotten', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'once');
  sim.run(100);
  const data = sim.sent(a, 4)[0]!.bytes;
  sim.run(539_000);
  sim.inject(b, a.place, data);
  sim.run(10);
  expect(b.drops).toEqual({ expired: 1 });
  sim.run(2_000);
  sim.inject(b, a.place, data);
  sim.run(10);
  expect(b.drops).toEqual({ expired: 1, 'unknown-index': 1 });
  expect([a.engine.nextDeadline(), b.engine.nextDeadline()]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test('a persistent keepalive keeps both directions alive for a day, in milliseconds of real time', () => {
  const sim = new Sim();
  const [a, b] = [sim.node(), sim.node()];
  b.knows(a);
  a.knows(b, { persistentKeepalive: 25 });
  sim.run(86_400_000);
  const sent = sim.log.filter(({ from }) => from === a).map(({ at }) => at);
  for (let i = 1; i < sent.length; i++) expect(sent[i]! - sent[i - 1]!).toBeLessThanOrEqual(25_000);
  expect(sim.sent(a, 1).length).toBeGreaterThan(86_400 / 150);
  expect([a.drops, b.drops]).toEqual([{}, {}]);
});

for (const delay of [1, 20, 150, 400]) {
  test(`initiations that cross on a wire of ${delay} ms lead to a session without a retry`, () => {
    const sim = new Sim();
    const [a, b] = sim.pair();
    sim.wire = () => [delay];
    a.say(b, 'from a');
    b.say(a, 'from b');
    sim.run(4 * delay);
    expect([a.heard, b.heard]).toEqual([['from b'], ['from a']]);
    sim.run(100_000);
    expect([initiations(sim, a), initiations(sim, b)]).toEqual([[0], [0]]);
  });
}

test('crossing initiations of which all responses are lost lead to a session within two retries, for every seed', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const sim = new Sim(seed);
    const [a, b] = sim.pair();
    const start = sim.now;
    sim.wire = ({ type, at }) => (type === 2 && at - start < 1_000 ? [] : [20]);
    a.say(b, 'from a');
    b.say(a, 'from b');
    sim.run(2 * 5_334 + 100);
    expect([seed, a.heard, b.heard]).toEqual([seed, ['from b'], ['from a']]);
    const mark = sim.log.length;
    sim.run(60_000);
    expect(sim.log.slice(mark).filter(({ type }) => type < 4)).toEqual([]);
  }
});

test('A6: a peer that lost its memory is back as soon as it speaks', () => {
  const sim = new Sim();
  const privateKey = sim.random.bytes(32);
  const [a, old] = [sim.node(), sim.node({ privateKey, number: 1 })];
  a.knows(old);
  old.knows(a);
  a.say(old, 'before');
  sim.run(20_000);
  const fresh = sim.node({ privateKey, number: 1 });
  fresh.knows(a);
  fresh.say(a, 'I am back');
  sim.run(50);
  a.say(old, 'welcome');
  sim.run(50);
  expect(a.heard).toEqual(['I am back']);
  expect(fresh.heard).toEqual(['welcome']);
});

test('A6: a restarted peer that stays silent is found again by the unanswered data, within 16 s', () => {
  const sim = new Sim();
  const privateKey = sim.random.bytes(32);
  const [a, old] = [sim.node(), sim.node({ privateKey, number: 1 })];
  a.knows(old);
  old.knows(a);
  a.say(old, 'before');
  sim.run(20_000);
  const fresh = sim.node({ privateKey, number: 1 });
  fresh.knows(a);
  a.knows(fresh);
  a.say(old, 'lost');
  sim.run(15_400);
  a.say(old, 'found');
  sim.run(100);
  expect(fresh.heard).toContain('found');
});

test('every initiation has its own ephemeral key and its own index', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  sim.wire = () => [];
  a.say(b, 'x');
  sim.run(120_000);
  const sent = sim.sent(a, 1);
  expect(new Set(sent.map(({ bytes }) => bytes.subarray(4, 8).join())).size).toBe(sent.length);
  expect(new Set(sent.map(({ bytes }) => bytes.subarray(8, 40).join())).size).toBe(sent.length);
});

test('over a wire that loses, doubles and reorders, whatever arrives is what was said, each once', () => {
  const sim = new Sim(7);
  const [a, b] = sim.pair();
  sim.wire = () => {
    if (sim.random.below(100) < 20) return [];
    const delays = [10 + sim.random.below(300)];
    return sim.random.below(100) < 20 ? [...delays, 10 + sim.random.below(300)] : delays;
  };
  const said = Array.from({ length: 3_000 }, (_, i) => `${i}`);
  for (const text of said) {
    a.say(b, text);
    sim.run(200);
  }
  sim.run(1_000);
  expect(new Set(b.heard).size).toBe(b.heard.length);
  expect(b.heard.every((text) => said.includes(text))).toBe(true);
  expect(b.heard.length).toBeGreaterThan(0.75 * said.length);
  expect(b.drops.replay).toBeGreaterThan(100);
});

test('G1: a wall clock that goes back an hour, on an hour or ten years changes nothing', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  const said: string[] = [];
  const steps = [-3_600_000, 3_600_000, 10 * 365 * 86_400_000, -10 * 365 * 86_400_000];
  for (let i = 0; i < 600; i++) {
    if (i % 125 === 60) sim.wallOffset += steps.shift() ?? 0;
    a.say(b, `${i}`);
    said.push(`${i}`);
    sim.run(1_000);
  }
  expect(b.heard).toEqual(said);
  expect(initiations(sim, a)).toEqual([0, 121, 242, 363, 484]);
  expect(steps).toEqual([]);
});

test('G3: an event loop that is blocked for 2 s loses no session and starts no storm of handshakes', () => {
  const sim = new Sim();
  const hub = sim.node();
  const others = Array.from({ length: 30 }, () => sim.node());
  for (const other of others) {
    hub.knows(other, { persistentKeepalive: 1 });
    other.knows(hub, { persistentKeepalive: 1 });
  }
  sim.run(15_000);
  const mark = sim.log.length;
  for (let i = 0; i < 20; i++) {
    sim.now += 2_000;
    sim.run(500);
  }
  expect(sim.log.slice(mark).filter(({ type }) => type < 4)).toEqual([]);
  for (const other of others) other.say(hub, other.address);
  sim.run(100);
  expect(hub.heard.sort()).toEqual(others.map(({ address }) => address).sort());
});

test('G3: an answer that waited while the event loop was blocked comes before the timer that misses it', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  sim.wire = ({ type }) => (type === 2 ? [] : [10]);
  a.say(b, 'hello');
  sim.run(1_000);
  sim.now += 6_000;
  a.engine.receive(sim.now, b.place, table(sim.sent(b, 2)[0]!.bytes));
  sim.run(1_000);
  expect([initiations(sim, a), b.heard]).toEqual([[0], ['hello']]);
});

test('a machine that has slept drops what is older than 180 s of real time and begins anew at once', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'before');
  sim.run(10_000);
  const mark = sim.log.length;
  a.engine.expireSessions(sim.now, 100_000);
  expect(sim.log.length).toBe(mark);
  a.engine.expireSessions(sim.now, 600_000);
  sim.run(100);
  expect(sim.sent(a, 1, mark)).toHaveLength(1);
  a.say(b, 'after');
  sim.run(100);
  expect(b.heard).toEqual(['before', 'after']);
});

test('after a change of network each peer with a session gets a handshake at once, strangers none', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.knows(sim.node());
  a.say(b, 'before');
  sim.run(1_000);
  const mark = sim.log.length;
  a.engine.rehandshake(sim.now);
  expect(sim.sent(a, 1, mark).map(({ to }) => to)).toEqual([b]);
});

test('a change that concerns some peers greets only those', () => {
  const sim = new Sim();
  const [a, b, c] = [sim.node(), sim.node(), sim.node()];
  for (const other of [b, c]) {
    a.knows(other);
    other.knows(a);
    a.say(other, 'before');
  }
  sim.run(1_000);
  const mark = sim.log.length;
  a.engine.rehandshake(sim.now, [a.engine.peer(c.engine.publicKey!)!]);
  expect(sim.sent(a, 1, mark).map(({ to }) => to)).toEqual([c]);
});
