import { chooseCrypto, type PacketTable } from '@heddle/crypto';
import { messageType, transportCounterHi, transportCounterLo } from '@heddle/wire';
import { expect, test } from 'vitest';
import { copies, ipPacket, table } from '../test/packets.js';
import { SeededRandom } from '../test/seeded-random.js';
import { Sim } from '../test/sim.js';
import { Device } from './device.js';
import { wireGuardNoise } from './handshake-message.js';
import { createIdentity } from './identity.js';
import { Initiator } from './initiator.js';
import { Keypair } from './keypair.js';
import type { Peer } from './peer.js';
import { PeerRegistry } from './peer-registry.js';
import { Sender } from './sender.js';

const crypto = chooseCrypto();

/** A sender with one peer, whose session has sent so many messages, and what went out. */
class Bench {
  readonly device: Device;
  readonly sender: Sender;
  readonly peer: Peer;
  readonly sent: PacketTable[] = [];

  constructor(sendHi: number, sendLo: number, isInitiator = true) {
    const random = new SeededRandom(1);
    const ignore = () => {};
    const sink = { transmit: this.#transmit.bind(this), deliver: ignore, endpointChanged: ignore, established: ignore, drop: ignore };
    this.device = new Device({ crypto, sink, random: (into) => random.fill(into), wallClock: () => 0 });
    this.device.identity = createIdentity(crypto, this.device.random, random.bytes(32));
    const publicKey = crypto.x25519.load(random.bytes(32)).publicKey;
    this.peer = new PeerRegistry(this.device).set({ publicKey, allowedIps: ['10.0.0.0/8'] }).peer;
    this.sender = new Sender(this.device, new Initiator(this.device, wireGuardNoise(crypto)));
    const keys = { send: random.bytes(32), receive: random.bytes(32), localIndex: 1, remoteIndex: 2, isInitiator };
    const keypair = new Keypair(crypto.packets, 0, keys);
    keypair.sendHi = sendHi;
    keypair.sendLo = sendLo;
    this.peer.keypairs.derivedAsInitiator(keypair);
  }

  send(now: number, packets: number): void {
    const packet = ipPacket('10.0.0.1', '10.0.0.2');
    this.sender.send(now, table(...Array.from({ length: packets }, () => packet)));
  }

  /** Types of the datagrams that went out. */
  get types(): number[] {
    return this.#bytes().map((bytes) => messageType(bytes, 0, bytes.length));
  }

  get counters(): string[] {
    const data = this.#bytes().filter((bytes) => bytes[0] === 4);
    return data.map((bytes) => `${transportCounterHi(bytes, 0).toString(16)} ${transportCounterLo(bytes, 0).toString(16)}`);
  }

  #bytes(): Uint8Array<ArrayBufferLike>[] {
    return this.sent.flatMap(copies);
  }

  #transmit(_peer: unknown, _to: unknown, datagrams: PacketTable): void {
    this.sent.push(table(...copies(datagrams)));
  }
}

test('A5: more than 2^60 messages call for a new session, also from the responder, and sending goes on', () => {
  for (const isInitiator of [true, false]) {
    const bench = new Bench(2 ** 28, 0, isInitiator);
    bench.send(1, 1);
    expect(bench.types).toEqual([4, 1]);
  }
  const before = new Bench(2 ** 28 - 1, 0xffffffff);
  before.send(1, 1);
  expect(before.types).toEqual([4]);
});

test('A5: at the last counters a batch is sent as far as it may, the rest waits for a new session, and no counter is used twice', () => {
  const bench = new Bench(0xffffffff, 0xffffdffd);
  bench.send(1, 3);
  bench.send(2, 1);
  bench.send(3, 1);
  expect(bench.counters).toEqual(['ffffffff ffffdffd', 'ffffffff ffffdffe']);
  expect(bench.types.filter((type) => type === 1)).toHaveLength(1);
  expect(bench.peer.staged.count).toBe(3);
});

test('a responder does not renew by age, an initiator does from 120 s on', () => {
  for (const [isInitiator, at, types] of [
    [true, 119_999, [4]],
    [true, 120_000, [4, 1]],
    [false, 179_999, [4]],
    [false, 180_000, [1]],
  ] as const) {
    const bench = new Bench(0, 0, isInitiator);
    bench.send(at, 1);
    expect(bench.types).toEqual(types);
  }
});

test('packets of a peer that a handler replaces during the call do not go to its successor', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  const [c, d] = [sim.node(), sim.node()];
  a.knows(c);
  c.knows(a);
  for (const other of [b, c]) a.say(other, 'hello');
  sim.run(100);
  const before = a.peer(c).id;
  const transmit = a.transmit.bind(a);
  a.transmit = (peer, to, datagrams) => {
    a.transmit = transmit;
    a.engine.removePeer(sim.now, c.publicKey);
    expect(a.knows(d, { allowedIps: [c.address] }).id).toBe(before);
    transmit(peer, to, datagrams);
  };
  d.knows(a);
  a.engine.send(sim.now, table(ipPacket(a.address, b.address), ipPacket(a.address, c.address), ipPacket(a.address, b.address)));
  sim.run(100);
  expect([b.received.length, c.received.length, d.received.length]).toEqual([3, 1, 0]);
});
