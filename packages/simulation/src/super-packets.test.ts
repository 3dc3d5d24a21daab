import {
  type BatchPool,
  createNode,
  definePlugin,
  type Offload,
  PacketBatch,
  PacketStream,
  type Plugin,
  provideStack,
  type Stack,
} from '@heddle/core';
import { MemoryNetwork, memory, SeededRandom, VirtualClock } from '@heddle/testing';
import { decodeIpv4, decodeTcp, encodeIpv4, encodeTcp, parseAddress } from '@heddle/wire';
import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { members, staticPeers } from './static-peers.js';

const SEGMENT = 1_000;
const [A, B] = members(2) as [ReturnType<typeof members>[0] & object, ReturnType<typeof members>[0] & object];

/** A Stack that emits what the test hands it and keeps copies of what it is given. */
function hand() {
  const out = new PacketStream<PacketBatch>();
  const state = { delivered: [] as Uint8Array[], pool: undefined as BatchPool | undefined };
  const stack: Stack = {
    contract: 1,
    traits: { superPackets: true, headroom: 0 },
    packets$: out.stream$,
    health$: of({ ok: true, since: 0 }),
    open: async (context) => {
      state.pool = context.pool;
    },
    close: async () => out.complete(),
    configure: async () => {},
    pause: () => {},
    deliver(batch) {
      for (const packet of batch) state.delivered.push(packet.slice());
      return batch.count;
    },
  };
  const plugin: Plugin = definePlugin({ name: 'hand', provides: [provideStack([], () => stack)] });
  return { plugin, state, emit: (batch: PacketBatch) => out.emit(batch) };
}

function superPacket(payload: Uint8Array): { packet: Uint8Array; offload: Offload } {
  const [source, destination] = [parseAddress(A.address)!, parseAddress(B.address)!];
  const tcp = {
    sourcePort: 80,
    destinationPort: 4_000,
    sequence: 1_000,
    acknowledgment: 7,
    flags: 0x18,
    window: 512,
    urgent: 0,
    options: {},
    payload,
  };
  const segment = encodeTcp(tcp, source, destination);
  const packet = encodeIpv4({
    tos: 0,
    id: 77,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 6,
    source,
    destination,
    options: new Uint8Array(0),
    payload: segment,
  });
  return { packet, offload: { kind: 'tcp4', segmentSize: SEGMENT, headerLength: packet.length - payload.length } };
}

for (const memoryOf of ['the pool', 'somebody else'] as const) {
  test(`a super-packet in memory of ${memoryOf} arrives as packets with right checksums and the same bytes`, async () => {
    const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
    const network = new MemoryNetwork();
    const random = new SeededRandom(2);
    const hands = [hand(), hand()] as const;
    const nodes = [A, B].map((self, i) =>
      createNode({ clock, random: random.fork(`n${i}`), poison: true }, [
        staticPeers(self, [A, B]),
        memory({ network, name: `n${i}` }),
        hands[i]!.plugin,
      ]),
    );
    for (const node of nodes) await clock.settle(node.start());
    hands[0].emit(PacketBatch.of(superPacket(new Uint8Array(8)).packet));
    await clock.advanceAsync(100);
    const small = hands[1].state.delivered.splice(0);
    expect(small).toHaveLength(1);

    const payload = new Uint8Array(40_500);
    random.fill(payload);
    const { packet, offload } = superPacket(payload);
    const batch = memoryOf === 'the pool' ? hands[0].state.pool!.of(packet)! : PacketBatch.of(packet);
    Object.assign(batch, { offload });
    hands[0].emit(batch);
    await clock.advanceAsync(100);

    const segments = hands[1].state.delivered.map((each) => {
      const ip = decodeIpv4(each)!;
      return decodeTcp(ip.payload)!;
    });
    expect(segments).toHaveLength(41);
    expect(segments.map((segment) => segment.sequence)).toEqual(segments.map((_, i) => 1_000 + i * SEGMENT));
    expect(Buffer.concat(segments.map((segment) => segment.payload)).equals(payload)).toBe(true);
    expect(nodes[0]!.status().drops).toEqual({});
    for (const node of nodes) await clock.settle(node.close());
  });
}
