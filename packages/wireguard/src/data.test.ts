import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyCrypto } from '../test/each-crypto.js';
import { copies, ipPacket, table } from '../test/packets.js';
import { Sim, type SimNode } from '../test/sim.js';

describe.each(everyCrypto)('with $name', ({ crypto }) => {
  /** Two nodes with a session. */
  function connected(mtu?: number): { readonly sim: Sim; readonly a: SimNode; readonly b: SimNode } {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair({}, mtu === undefined ? {} : { mtu });
    a.say(b, 'hello');
    sim.run(100);
    b.say(a, 'hello');
    sim.run(100);
    a.received.length = 0;
    b.received.length = 0;
    return { sim, a, b };
  }

  test('A1: a data packet is delivered once, however often it comes, and the window is 8128 wide', () => {
    const { sim, a, b } = connected();
    sim.wire = () => [];
    const mark = sim.log.length;
    for (let from = 0; from < 8_200; from += 100) a.say(b, ...Array.from({ length: 100 }, (_, i) => `${from + i}`));
    const captured = sim.sent(a, 4, mark).map(({ bytes }) => bytes);
    const replay = (i: number) => b.engine.receive(sim.now, a.place, table(captured[i]!));
    replay(8_199);
    for (const i of [8_199, 8_199, 8_199 - 8_128, 8_199 - 8_128, 8_199 - 8_129, 5_000, 5_000]) replay(i);
    expect(b.heard).toEqual(['8199', `${8_199 - 8_128}`, '5000']);
    expect(b.drops).toEqual({ replay: 5 });
  });

  test('A3: packets whose source does not belong to the peer reach nobody', () => {
    const { sim, a, b } = connected();
    const c = sim.node();
    b.knows(c);
    for (const source of [c.address, b.address, '127.0.0.1', '0.0.0.0', c.address6, '::1', '::ffff:10.0.0.1']) {
      const destination = source.includes(':') ? b.address6 : b.address;
      a.engine.send(sim.now, table(ipPacket(source, destination)));
    }
    sim.run(100);
    expect(b.received).toEqual([]);
    expect(b.drops).toEqual({ cryptokey: 7 });
  });

  test('A3: packets whose header lies about version or length reach nobody', () => {
    const { sim, a, b } = connected();
    // The engine routes by destination alone, so what is wrong elsewhere gets as far as the peer.
    const wrong = [
      change(ipPacket(a.address, b.address), 2, 0xff),
      change(ipPacket(a.address, b.address), 3, 19),
      change(ipPacket(a.address, b.address), 0, 0x44),
      change(ipPacket(a.address6, b.address6), 4, 0xff),
    ];
    a.engine.send(sim.now, table(...wrong));
    sim.run(100);
    expect(b.received).toEqual([]);
    expect(b.drops).toEqual({ cryptokey: 4 });
  });

  test('packets of both families arrive as they were, without the padding', () => {
    const { sim, a, b } = connected();
    const sent = [0, 1, 15, 16, 17, 1_000, 1_380].flatMap((size) => [
      ipPacket(a.address, b.address, sim.random.bytes(size)),
      ipPacket(a.address6, b.address6, sim.random.bytes(size)),
    ]);
    a.engine.send(sim.now, table(...sent));
    sim.run(100);
    expect(b.received).toEqual(sent);
  });

  test.each([
    [1420, 84, 128],
    [1420, 1408, 1440],
    [1420, 1415, 1452],
    [1420, 1420, 1452],
    [1280, 1270, 1312],
    [0, 1415, 1456],
  ])('at MTU %i a packet of %i bytes makes a datagram of %i, with zeros as padding', (mtu, length, size) => {
    const { sim, a, b } = connected(mtu);
    const packet = ipPacket(a.address, b.address, sim.random.bytes(length - 20));
    const slab = new Uint8Array(2_000).fill(0xee);
    slab.set(packet, 16);
    let padding: Uint8Array<ArrayBufferLike> | undefined;
    const deliver = b.deliver.bind(b);
    b.deliver = (peer, packets) => {
      const end = packets.offsets[0]! + packets.lengths[0]!;
      padding = packets.slab.slice(end, end + size - 32 - length);
      deliver(peer, packets);
    };
    a.engine.send(sim.now, { slab, offsets: Uint32Array.of(16), lengths: Uint32Array.of(length), count: 1 });
    expect(sim.log.at(-1)!.bytes.length).toBe(size);
    expect(slab.subarray(size).every((byte) => byte === 0xee)).toBe(true);
    sim.run(100);
    expect(b.received).toEqual([packet]);
    expect(padding).toEqual(new Uint8Array(size - 32 - length));
  });

  test('the table that send is given is only read, and packets without room or owner are dropped alone', () => {
    const { sim, a, b } = connected();
    const good = ipPacket(a.address, b.address);
    const slab = new Uint8Array(300);
    for (const at of [8, 64, 270]) slab.set(good, at);
    slab.set(ipPacket(a.address, '9.9.9.9'), 160);
    const packets = { slab, offsets: Uint32Array.of(8, 64, 160, 270, 5_000), lengths: new Uint32Array(5).fill(good.length), count: 5 };
    const [offsets, lengths] = [packets.offsets.slice(), packets.lengths.slice()];
    a.engine.send(sim.now, packets);
    expect([packets.offsets, packets.lengths]).toEqual([offsets, lengths]);
    expect(a.drops).toEqual({ malformed: 3, 'no-route': 1 });
    sim.run(100);
    expect(b.received).toEqual([good]);
  });

  test('a batch for several peers goes out in runs, and each peer gets its packets in order', () => {
    const sim = new Sim(1, crypto);
    const hub = sim.node();
    const others = [sim.node(), sim.node(), sim.node()];
    for (const other of others) {
      hub.knows(other);
      other.knows(hub);
      other.say(hub, 'hello');
    }
    sim.run(100);
    const packet = (to: SimNode, i: number) => ipPacket(hub.address, to.address, Uint8Array.of(i));
    const plan = [0, 0, 1, 0, 2, 2, 2, 1];
    hub.engine.send(sim.now, table(...plan.map((to, i) => packet(others[to]!, i))));
    sim.run(100);
    others.forEach((other, number) => {
      expect(other.received.map((bytes) => bytes[20])).toEqual(plan.flatMap((to, i) => (to === number ? [i] : [])));
    });
  });

  test('interleaved sessions in one batch of datagrams are delivered in order, by peer', () => {
    const sim = new Sim(1, crypto);
    const hub = sim.node();
    const others = [sim.node(), sim.node()];
    for (const other of others) {
      hub.knows(other);
      other.knows(hub);
      other.say(hub, 'hello');
    }
    sim.run(100);
    hub.received.length = 0;
    sim.wire = () => [];
    const datagrams = [0, 1, 0, 0, 1].map((from, i) => {
      others[from]!.say(hub, `${from}${i}`);
      return sim.log.at(-1)!.bytes;
    });
    hub.engine.receive(sim.now, others[0]!.place, table(...datagrams));
    expect(hub.heard).toEqual(['00', '11', '02', '03', '14']);
  });

  test('handlers may call the engine again: send from within deliver, and more from within transmit', () => {
    const { sim, a, b } = connected();
    let depth = 0;
    const transmit = b.transmit.bind(b);
    b.transmit = (peer, to, datagrams) => {
      const before = copies(datagrams);
      if (depth++ < 3) b.engine.send(sim.now, table(ipPacket(b.address, a.address, Uint8Array.of(depth))));
      expect(copies(datagrams)).toEqual(before);
      transmit(peer, to, datagrams);
    };
    const deliver = b.deliver.bind(b);
    b.deliver = (peer, packets) => {
      const before = copies(packets);
      b.engine.send(sim.now, table(ipPacket(b.address, a.address, Uint8Array.of(0))));
      expect(copies(packets)).toEqual(before);
      deliver(peer, packets);
    };
    a.engine.send(sim.now, table(ipPacket(a.address, b.address, Uint8Array.of(1)), ipPacket(a.address, b.address, Uint8Array.of(2))));
    sim.run(100);
    expect(b.received.map((packet) => packet[20])).toEqual([1, 2]);
    expect(a.received.map((packet) => packet[20]).sort()).toEqual([0, 0, 1, 2, 3]);
  });

  test('a peer that is removed by a handler gets nothing more, and the engine goes on', () => {
    const { sim, a, b } = connected();
    b.deliver = () => void b.engine.removePeer(sim.now, a.publicKey);
    sim.wire = () => [];
    const datagrams = ['1', '2', '3'].map((text) => {
      a.say(b, text);
      return sim.log.at(-1)!.bytes;
    });
    datagrams.splice(1, 0, new Uint8Array(40));
    b.engine.receive(sim.now, a.place, table(...datagrams));
    b.engine.receive(sim.now, a.place, table(...datagrams));
    b.engine.tick(sim.now);
    expect(b.drops).toEqual({ 'unknown-type': 2, 'unknown-index': 3 });
  });

  test('a handler may remove a peer whose packets are just being gathered, or are about to be delivered', () => {
    for (const removeOn of ['drop', 'endpointChanged'] as const) {
      const { sim, a, b } = connected();
      b[removeOn] = () => void b.engine.removePeer(sim.now, a.publicKey);
      sim.wire = () => [];
      a.say(b, 'too late');
      a.moves();
      b.engine.receive(sim.now, a.place, table(sim.log.at(-1)!.bytes, new Uint8Array(40)));
      expect([b.received, b.engine.peers()]).toEqual([[], []]);
    }
  });

  test('the peer that roams is answered where it is now: by data, keepalive and handshake, not by what does not authenticate', () => {
    const { sim, a, b } = connected();
    a.moves();
    a.say(b, 'from elsewhere');
    sim.run(100);
    expect(b.engine.status(b.peer(a)).endpoint).toBe(a.place);
    expect(b.endpoints).toEqual([a.place]);
    const here = a.place;
    a.moves();
    sim.inject(b, a.place, change(sim.sent(a, 4).at(-1)!.bytes, 20, 1));
    sim.inject(b, a.place, sim.sent(a, 4).at(-1)!.bytes);
    sim.inject(b, a.place, sim.sent(a, 1).at(-1)!.bytes);
    sim.run(100);
    expect(b.engine.status(b.peer(a)).endpoint).toBe(here);
  });

  test('without roaming the engine names a place only for what answers', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node({ roaming: false }), sim.node({ roaming: false })];
    a.knows(b);
    b.knows(a);
    const named: (readonly [number, boolean])[] = [];
    for (const [node, other] of [
      [a, b],
      [b, a],
    ] as const) {
      node.transmit = (_peer, to, datagrams) => {
        for (const bytes of copies(datagrams)) {
          named.push([bytes[0]!, to !== undefined]);
          sim.send(node, to ?? other.place, bytes);
        }
      };
    }
    a.say(b, 'hello');
    sim.run(100);
    b.say(a, 'hello');
    sim.run(100);
    expect(named).toEqual([
      [1, false],
      [2, true],
      [4, false],
      [4, false],
    ]);
  });

  test('a peer without a place still has its datagrams handed out: what becomes of them is the owner’s affair', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = [sim.node(), sim.node()];
    a.engine.setPeer(sim.now, { publicKey: b.publicKey, allowedIps: [b.address] });
    const places: unknown[] = [];
    a.transmit = (_peer, to) => void places.push(to);
    a.say(b, 'anybody?');
    expect(places).toEqual([undefined]);
  });

  test('bytes are counted as whole datagrams, and the last handshake by the wall clock', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    a.engine.send(sim.now, table(ipPacket(a.address, b.address, new Uint8Array(64))));
    sim.run(100);
    const [here, there] = [a.engine.status(a.peer(b)), b.engine.status(b.peer(a))];
    expect([here.txBytes, here.rxBytes]).toEqual([148 + 128, 92]);
    expect([there.txBytes, there.rxBytes]).toEqual([92, 148 + 128]);
    expect(here.lastHandshake).toBe(1_020 + sim.wallOffset);
    expect(there.lastHandshake).toBe(1_030 + sim.wallOffset);
  });

  test('without a private key nothing is sent and nothing is answered', () => {
    const sim = new Sim(1, crypto);
    const [a, b] = sim.pair();
    a.engine.setPrivateKey(sim.now, undefined);
    a.say(b, 'x');
    b.say(a, 'y');
    sim.run(100);
    expect(sim.sent(a, 1)).toEqual([]);
    expect(a.drops).toEqual({ 'no-key': 2 });
  });

  test('no batch is too empty', () => {
    const { sim, a, b } = connected();
    a.engine.send(sim.now, table());
    a.engine.receive(sim.now, b.place, table());
    expect(a.drops).toEqual({});
  });

  test('whatever comes in, nothing throws, nothing is sent and nothing changes', () => {
    const { sim, a, b } = connected();
    a.say(b, 'captured');
    sim.run(100);
    const valid = sim.log.filter(({ to }) => to === b).map(({ bytes }) => bytes);
    b.received.length = 0;
    const before = b.engine.status(b.peer(a));
    const mark = sim.log.length;
    const mutated = fc.tuple(fc.constantFrom(...valid), fc.nat(200), fc.integer({ min: 1, max: 255 }), fc.nat(200));
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.constantFrom(1, 2, 3, 4), fc.uint8Array({ minLength: 28, maxLength: 160 }))
        .map(([type, rest]) => Uint8Array.of(type, 0, 0, 0, ...rest)),
      mutated.map(([bytes, at, by, cut]) =>
        change(bytes, at % bytes.length, bytes[at % bytes.length]! ^ by).slice(0, Math.max(bytes.length - (cut % 40), 0)),
      ),
    );
    const elsewhere = sim.endpoint(a);
    const property = fc.property(fc.array(anything, { minLength: 1, maxLength: 5 }), (datagrams) => {
      b.engine.receive(sim.now, elsewhere, table(...datagrams));
      b.engine.tick(sim.now);
    });
    fc.assert(property, { seed: 1, numRuns: 2_000 });
    expect(b.received).toEqual([]);
    expect(sim.log.length).toBe(mark);
    expect(b.engine.status(b.peer(a))).toEqual(before);
    b.say(a, 'still well');
    sim.run(100);
    expect(a.heard.at(-1)).toBe('still well');
  });
});

function change(bytes: Uint8Array<ArrayBufferLike>, at: number, value: number): Uint8Array<ArrayBufferLike> {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}
