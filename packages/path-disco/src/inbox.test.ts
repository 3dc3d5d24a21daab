import { describe, expect, test } from 'vitest';
import { byRelay, call, nodeKeyOf, Post, ping } from '../test/keys.js';

const PONG = { type: 'pong', txId: new Uint8Array(12).fill(7), source: { address: new Uint8Array(4), port: 1 } } as const;

describe('who is meant', () => {
  test('a ping of a known peer is delivered to it, with where it came from', () => {
    const post = new Post(2, 3);
    expect(post.hears(3, ping(nodeKeyOf(3)))).toMatchObject({
      peer: { id: 'p3' },
      input: { type: 'ping', from: 'udp:192.0.2.9:9', relay: false },
    });
  });

  test('an old peer that sends no node key is known by its disco key', () => {
    expect(new Post(2).hears(2, ping(undefined))).toMatchObject({ peer: { id: 'p2' } });
  });

  test('peers that share a disco key are told apart by the node key in the ping, or by the relay', () => {
    const post = new Post();
    for (const seed of [2, 3]) post.know(seed, 9);
    expect(post.hears(9, ping(nodeKeyOf(3)))).toMatchObject({ peer: { id: 'p3' } });
    expect(post.hears(9, ping(undefined, 2), byRelay(2))).toMatchObject({ peer: { id: 'p2' } });
    expect(post.hears(9, ping(undefined, 3))).toBe('wrong-peer');
  });

  test('E3: a ping with another node’s key inside is ignored', () => {
    const post = new Post(2, 3);
    expect(post.hears(2, ping(nodeKeyOf(3)))).toBe('wrong-peer');
    expect(post.hears(2, ping(nodeKeyOf(99)))).toBe('wrong-peer');
  });

  test('E3: a pong that nobody asked for is ignored', () => {
    expect(new Post(2).hears(2, PONG)).toBe('unasked-pong');
  });

  test('D2: a relay that names another source than the disco key is not believed', () => {
    const post = new Post(2, 3);
    expect(post.hears(2, ping(nodeKeyOf(2)), byRelay(3))).toBe('wrong-peer');
    expect(post.hears(2, call('203.0.113.1:1'), byRelay(3))).toBe('call-not-by-relay');
  });

  test('D2: our own packet, echoed, is of nobody we know', () => {
    const post = new Post(2);
    const own = post.boxes.seal(ping(nodeKeyOf(1)), post.sender(2).publicKey)!;
    expect(post.inbox.receive(0, byRelay(1), own)).toBe('unknown-key');
  });

  test('D2: a packet for another node does not open', () => {
    const post = new Post(2, 3);
    const other = post.sender(2).seal(ping(nodeKeyOf(2)), post.sender(3).publicKey)!;
    expect(post.inbox.receive(0, byRelay(2), other)).toBe('forged');
  });

  test('each bit of a packet counts', () => {
    const post = new Post(2);
    const packet = post.sender(2).seal(ping(nodeKeyOf(2)), post.boxes.publicKey)!;
    for (let i = 0; i < packet.length; i++) {
      const damaged = packet.slice();
      damaged[i]! ^= 0x80;
      expect(['not-disco', 'unknown-key', 'forged', 'too-many']).toContain(post.inbox.receive(i * 1_000, byRelay(2), damaged));
    }
  });

  test('relaying over UDP is recognised and left alone', () => {
    const bind = { type: 'bind-relay', vni: 1, generation: 1, remoteKey: nodeKeyOf(2), challenge: new Uint8Array(32) } as const;
    expect(new Post(2).hears(2, bind)).toBe('relay-protocol');
  });
});

describe('E1: call-me-maybe', () => {
  test('is accepted by a relay that vouches for the peer', () => {
    const heard = new Post(2).hears(2, call('203.0.113.1:1', '[2001:db8::1]:2'), byRelay(2));
    expect(heard).toMatchObject({ input: { endpoints: ['udp:203.0.113.1:1', 'udp:[2001:db8::1]:2'] } });
  });

  test('is refused over UDP, and by a relay from somewhere else that vouches for nobody', () => {
    const post = new Post(2);
    expect(post.hears(2, call('203.0.113.1:1'))).toBe('call-not-by-relay');
    expect(post.hears(2, call('203.0.113.1:1'), { ...byRelay(2), relay: false })).toBe('call-not-by-relay');
    expect(post.hears(2, call('203.0.113.1:1'), { relay: true, text: 'relay:77' })).toBe('call-not-by-relay');
    expect(post.hears(2, call('203.0.113.1:1'), { relay: true, text: 'relay:2' })).toMatchObject({ input: { type: 'call-me-maybe' } });
  });

  test('loses what is nobody’s address: loopback, multicast, broadcast, tailnets, port 0, and links of others', () => {
    const bad = [
      '127.0.0.1:1',
      '[::1]:1',
      '224.0.0.1:1',
      '239.1.2.3:1',
      '255.255.255.255:1',
      '0.0.0.0:1',
      '[::]:1',
      '[ff02::1]:1',
      '[fe80::1]:1',
    ];
    const tailnet = ['100.64.0.1:1', '100.100.100.100:1', '[fd7a:115c:a1e0::1]:1'];
    const heard = new Post(2).hears(2, call(...bad, ...tailnet, '240.0.0.1:1', '203.0.113.1:0', '192.168.1.1:1'), byRelay(2));
    expect(heard).toMatchObject({ input: { endpoints: ['udp:192.168.1.1:1'] } });
  });

  test('names at most 32 places, each once', () => {
    const many = Array.from({ length: 3_600 }, (_, i) => `203.0.${(i >> 8) & 0xff}.${i & 0xff}:${1 + (i % 7)}`);
    const heard = new Post(2).hears(2, call('203.0.113.1:1', '203.0.113.1:1', ...many), byRelay(2));
    expect(heard).toMatchObject({ input: { endpoints: { length: 32 } } });
    if (typeof heard !== 'string' && heard.input.type === 'call-me-maybe') expect(new Set(heard.input.endpoints).size).toBe(32);
  });
});

describe('E2: floods', () => {
  test('10,000 pings a second of one source get at most 20 pongs a second', () => {
    const post = new Post(2);
    let answered = 0;
    for (let i = 0; i < 5_000; i++) if (typeof post.hears(2, ping(nodeKeyOf(2), i), {}, i / 10) !== 'string') answered += 1;
    expect(answered).toBeGreaterThanOrEqual(20);
    expect(answered).toBeLessThanOrEqual(20 + 20 / 2);
  });

  test('a flood of one source does not silence another', () => {
    const post = new Post(2, 3);
    for (let i = 0; i < 500; i++) post.hears(2, ping(nodeKeyOf(2), i));
    expect(post.hears(3, ping(nodeKeyOf(3)), { limitKey: '192.0.2.77' })).toMatchObject({ peer: { id: 'p3' } });
  });

  test('unknown keys are refused without opening a box', () => {
    const post = new Post(2);
    const box = post.sender(66).seal(ping(nodeKeyOf(66)), post.boxes.publicKey)!;
    const opened: unknown[] = [];
    Object.assign(post.boxes, { open: (packet: unknown) => void opened.push(packet) });
    for (let i = 0; i < 1_000; i++) expect(post.inbox.receive(i, { text: 'udp:x', limitKey: 'x', relay: false }, box)).toBe('unknown-key');
    expect(opened).toEqual([]);
  });
});

describe('E12: two machines with one node key', () => {
  const hear = (post: Post, disco: number, at: number): void => void post.hears(disco, ping(nodeKeyOf(2), at / 1_000), byRelay(2), at);

  test('two disco keys in turns, both vouched for by the relay, are noticed', () => {
    const post = new Post(2);
    for (let at = 0; at <= 20_000; at += 1_000) hear(post, at % 2_000 === 0 ? 2 : 66, at);
    expect(post.inbox.duplicates.found(20_000)).toEqual(['p2']);
    expect(post.inbox.duplicates.found(90_000)).toEqual([]);
  });

  test('a restart is none: the old key is never heard again', () => {
    const post = new Post(2);
    for (let at = 0; at <= 20_000; at += 1_000) hear(post, at < 5_000 ? 2 : 66, at);
    post.know(2, 66);
    post.inbox.duplicates.forget('p2');
    for (let at = 21_000; at <= 60_000; at += 1_000) hear(post, 66, at);
    expect(post.inbox.duplicates.found(60_000)).toEqual([]);
  });
});
