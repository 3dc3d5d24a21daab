import type { Bytes } from '@heddle/crypto';
import { describe, expect, test } from 'vitest';
import { CountingCrypto } from '../test/counting-crypto.js';
import { everyCrypto } from '../test/each-crypto.js';
import { hex, table } from '../test/packets.js';
import { Sim, type SimNode } from '../test/sim.js';
import { mac1Key, writeMac1, writeMac2 } from './message-macs.js';

/** Points of low order on the curve, as in the Wycheproof list. */
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(hex);

function receive(sim: Sim, node: SimNode, from: SimNode, ...messages: readonly Bytes[]): void {
  node.engine.receive(sim.now, from.place, table(...messages));
  node.engine.tick(sim.now);
}

describe.each(everyCrypto)('with $name', ({ crypto }) => {
  /** The message with a change in it, and a mac1 that is right again. */
  function forged(message: Bytes, receiver: SimNode, at: number, bytes: Bytes): Bytes {
    const copy = message.slice();
    copy.set(bytes, at);
    writeMac1(crypto.blake2s, mac1Key(crypto.blake2s, receiver.publicKey), copy);
    return copy;
  }

  test('A2: an initiation that comes again, or with an older time, is not answered', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    sim.wire = () => [];
    a.say(b, 'x');
    sim.run(6_000);
    const [first, second] = sim.sent(a, 1).map(({ bytes }) => bytes);
    receive(sim, b, a, second!);
    expect(sim.sent(b, 2)).toHaveLength(1);
    sim.run(1_000);
    const before = b.engine.status(b.peer(a));
    receive(sim, b, a, second!, first!);
    expect(sim.sent(b, 2)).toHaveLength(1);
    expect(b.drops).toEqual({ 'bad-handshake': 2 });
    expect(b.engine.status(b.peer(a))).toEqual(before);
  });

  test('A2: initiations from one peer within 20 ms of one another are a flood', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    sim.wire = () => [];
    a.say(b, 'x');
    sim.run(12_000);
    const [first, second, third] = sim.sent(a, 1).map(({ bytes }) => bytes);
    receive(sim, b, a, first!);
    sim.now += 20;
    receive(sim, b, a, second!);
    expect(sim.sent(b, 2)).toHaveLength(1);
    sim.now += 1;
    receive(sim, b, a, third!);
    expect(sim.sent(b, 2)).toHaveLength(2);
  });

  test('A2: a response is taken once, and only by the handshake that it belongs to', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    a.say(b, 'x');
    sim.run(100);
    const response = sim.sent(b, 2)[0]!.bytes;
    const before = a.engine.status(a.peer(b));
    receive(sim, a, b, response);
    expect(a.drops).toEqual({ 'bad-handshake': 1 });
    expect(a.engine.status(a.peer(b))).toEqual(before);
    receive(sim, a, b, forged(response, a, 8, Uint8Array.of(1, 2, 3, 4)));
    expect(a.drops).toEqual({ 'bad-handshake': 1, 'unknown-index': 1 });
  });

  test('a response that does not authenticate does not spoil the handshake for the right one', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    sim.wire = ({ type }) => (type === 2 ? [] : [10]);
    a.say(b, 'x');
    sim.run(100);
    const response = sim.sent(b, 2)[0]!.bytes;
    receive(sim, a, b, forged(response, a, 44, new Uint8Array(16)));
    expect(a.establishments).toBe(0);
    receive(sim, a, b, response);
    expect(a.establishments).toBe(1);
  });

  test('A7: low-order points as ephemeral key of either message, or as key of a peer, lead to no session', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    sim.wire = () => [];
    a.say(b, 'x');
    sim.run(100);
    const initiation = sim.sent(a, 1)[0]!.bytes;
    for (const point of LOW_ORDER) receive(sim, b, a, forged(initiation, b, 8, point));
    expect(b.drops).toEqual({ 'bad-handshake': LOW_ORDER.length });
    receive(sim, b, a, initiation);
    const response = sim.sent(b, 2)[0]!.bytes;
    for (const point of LOW_ORDER) receive(sim, a, b, forged(response, a, 12, point));
    expect(a.drops).toEqual({ 'bad-handshake': LOW_ORDER.length });
    expect(a.establishments).toBe(0);
    const mark = sim.log.length;
    LOW_ORDER.forEach((publicKey, i) => {
      a.engine.setPeer(sim.now, { publicKey, allowedIps: [`10.9.9.${i}`], endpoint: b.place, persistentKeepalive: 1 });
    });
    sim.run(1_000);
    expect(sim.log.length).toBe(mark);
  });

  test('a wrong mac1 costs one hash: no key agreement, no randomness, no state, however many come', () => {
    const sim = new Sim(1, crypto);
    const counting = new CountingCrypto(crypto);
    let draws = 0;
    const random = (into: Bytes): void => sim.random.fill(into.fill(++draws));
    const [a, b] = [sim.node(), sim.node({ crypto: counting.crypto, random })];
    a.knows(b);
    b.knows(a);
    sim.wire = () => [];
    a.say(b, 'x');
    const wrong = sim.sent(a, 1)[0]!.bytes.slice();
    wrong[120] = wrong[120]! ^ 1;
    const before = { status: b.engine.status(b.peer(a)), draws };
    counting.calls = {};
    for (let i = 0; i < 120; i++) b.engine.receive(sim.now, a.place, table(wrong));
    b.engine.tick(sim.now);
    // All of them in one tick, although only 16 key agreements fit into one.
    expect(b.drops).toEqual({ 'bad-mac1': 120 });
    expect(counting.calls).toEqual({ 'blake2s.digest': 120 });
    expect({ status: b.engine.status(b.peer(a)), draws }).toEqual(before);
    expect([b.engine.nextDeadline(), sim.log.filter(({ from }) => from === b)]).toEqual([Number.POSITIVE_INFINITY, []]);
    receive(sim, b, a, sim.sent(a, 1)[0]!.bytes);
    expect(counting.calls['x25519.agree']).toBe(4);
  });

  test('one tick works on a bounded number of handshakes, and the engine asks for the next at once', () => {
    const sim = new Sim(1, crypto);
    const hub = sim.node({ limits: { handshakesPerTick: 4 } });
    const others = Array.from({ length: 10 }, () => sim.node());
    sim.wire = () => [];
    for (const other of others) {
      hub.knows(other);
      other.knows(hub);
      other.say(hub, 'x');
    }
    for (const { bytes, from } of [...sim.log]) hub.engine.receive(sim.now, from.place, table(bytes));
    const answered = [];
    while (hub.engine.nextDeadline() <= sim.now) {
      hub.engine.tick(sim.now);
      answered.push(sim.sent(hub, 2).length);
    }
    expect(answered).toEqual([4, 8, 10]);
  });

  test('a stranger, a wrong preshared key and a wrong peer key lead to no session', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node()];
    a.knows(b);
    a.say(b, 'x');
    sim.run(100);
    expect(b.drops).toEqual({ 'bad-handshake': 1 });
    b.knows(a, { presharedKey: new Uint8Array(32).fill(1) });
    sim.run(6_000);
    expect(a.drops).toEqual({ 'bad-handshake': 1 });
    expect(b.received).toEqual([]);
  });

  test('a new preshared key is for the next handshake: the session goes on', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    const presharedKey = sim.random.bytes(32);
    a.say(b, '1');
    sim.run(100);
    a.knows(b, { presharedKey });
    b.knows(a, { presharedKey });
    a.say(b, '2');
    sim.run(125_000);
    a.say(b, '3');
    sim.run(1_000);
    a.say(b, '4');
    sim.run(1_000);
    expect(b.heard).toEqual(['1', '2', '3', '4']);
    expect(a.establishments).toBe(2);
  });

  test('a full handshake queue refuses what comes, and says so', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair({}, { limits: { handshakeQueue: 8 } });
    sim.wire = () => [];
    a.say(b, 'x');
    for (let i = 0; i < 10; i++) b.engine.receive(sim.now, a.place, table(sim.log[0]!.bytes));
    expect(b.drops).toEqual({ 'handshake-queue-full': 2 });
  });

  test('A9: under load a handshake gets a cookie instead of key agreement, and its retry with the cookie goes through', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node({ limits: { underLoadAt: 0 } })];
    a.knows(b);
    b.knows(a);
    a.say(b, 'hello');
    sim.run(15);
    expect(sim.log.map(({ type }) => type)).toEqual([1, 3]);
    expect(b.drops).toEqual({ 'bad-mac2': 1 });
    sim.run(400);
    expect(sim.log.map(({ type }) => type)).toEqual([1, 3, 1, 2, 4]);
    const [first, second] = sim.sent(a, 1).map(({ bytes }) => bytes.subarray(132));
    expect(first!.every((byte) => byte === 0)).toBe(true);
    expect(second!.every((byte) => byte === 0)).toBe(false);
    expect(b.heard).toEqual(['hello']);
  });

  test('A9: cookies hurry an initiator once in two minutes, however many come', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node({ limits: { underLoadAt: 0 } })];
    a.knows(b);
    b.knows(a);
    // Each initiation comes from another place, so that no cookie is ever the right one and each is answered by another cookie.
    sim.wire = ({ type }) => {
      if (type === 1) a.moves();
      return [10];
    };
    a.say(b, 'hello');
    sim.run(19_000);
    const times = sim.sent(a, 1).map(({ at }) => at - 1_000);
    expect(sim.sent(b, 3)).toHaveLength(times.length);
    expect(times).toHaveLength(5);
    expect(times[1]).toBeLessThanOrEqual(20 + 334);
    for (let i = 2; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(5_000);
  });

  test('A9: responses need a cookie under load as well', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node({ limits: { underLoadAt: 0 } }), sim.node()];
    a.knows(b);
    b.knows(a);
    a.say(b, 'hello');
    sim.run(11_000);
    expect(sim.log.slice(0, 3).map(({ type }) => type)).toEqual([1, 2, 3]);
    expect(b.heard).toEqual(['hello']);
  });

  test('A9: cookies that are forged, replayed or for somebody else change nothing', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node({ limits: { underLoadAt: 0 } })];
    a.knows(b);
    b.knows(a);
    sim.wire = ({ type }) => (type === 3 ? [] : [10]);
    a.say(b, 'hello');
    sim.run(100);
    const cookie = sim.sent(b, 3)[0]!.bytes;
    const broken = cookie.slice();
    broken[40] = broken[40]! ^ 1;
    const stranger = cookie.slice();
    stranger[4] = stranger[4]! ^ 1;
    receive(sim, a, b, broken, stranger);
    expect(a.drops).toEqual({ cookie: 1, 'unknown-index': 1 });
    sim.run(6_000);
    // The cookie was for the first message; another one has gone out since, under another index.
    receive(sim, a, b, cookie);
    expect(a.drops).toEqual({ cookie: 1, 'unknown-index': 2 });
    sim.run(15_000);
    const macs = sim.sent(a, 1).map(({ bytes }) => bytes.subarray(132));
    expect(macs.length).toBeGreaterThan(3);
    expect(macs.every((mac) => mac.every((byte) => byte === 0))).toBe(true);
  });

  test('A9: a cookie reply does not move the peer', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node({ limits: { underLoadAt: 0 } })];
    a.knows(b);
    b.knows(a);
    const place = b.place;
    a.say(b, 'hello');
    b.moves();
    sim.run(100);
    expect(sim.sent(b, 3)).toHaveLength(1);
    expect(a.engine.status(a.peer(b)).endpoint).toBe(place);
  });

  test('under load a source with a cookie still has to keep to the rate', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node({ limits: { underLoadAt: 0 } })];
    a.knows(b);
    b.knows(a);
    a.say(b, 'hello');
    sim.run(6_000);
    const initiation = sim.sent(a, 1)[1]!.bytes;
    sim.now += 2_000;
    for (let i = 0; i < 12; i++) receive(sim, b, a, initiation);
    expect(b.drops).toEqual({ 'bad-mac2': 1, 'bad-handshake': 5, 'rate-limit': 7 });
  });

  test('a mac2 that nobody asked for is no reason to refuse', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    sim.wire = () => [];
    a.say(b, 'x');
    const message = sim.log[0]!.bytes.slice();
    writeMac2(crypto.blake2s, new Uint8Array(16).fill(9), message);
    receive(sim, b, a, message);
    expect(sim.sent(b, 2)).toHaveLength(1);
  });
});
