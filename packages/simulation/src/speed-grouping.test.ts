import {
  type BatchPool,
  createNode,
  definePlugin,
  type HeddleNode,
  PacketBatch,
  PacketStream,
  provideStack,
  type Stack,
  through,
  wrapBind,
} from '@heddle/core';
import { MemoryNetwork, memory, SeededRandom, VirtualClock } from '@heddle/testing';
import { encodeIpv4, parseAddress } from '@heddle/wire';
import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { type Member, members, staticPeers } from './static-peers.js';

const UDP = 17;
/** IP header in front, WireGuard header and tag around. */
const CLEAR = 20;
const SEALED = 32;

/** What one call of a Bind's send was given. */
interface Sent {
  readonly to: string;
  readonly segmentSize: number;
  readonly lengths: readonly number[];
}

/** A Stack that emits what the test hands it and remembers the first payload byte of what it is given. */
function hand() {
  const out = new PacketStream<PacketBatch>();
  const state = { heard: [] as number[], pool: undefined as BatchPool | undefined };
  const stack: Stack = {
    contract: 1,
    traits: { superPackets: false, headroom: 0 },
    packets$: out.stream$,
    health$: of({ ok: true, since: 0 }),
    open: async (context) => {
      state.pool = context.pool;
    },
    close: async () => out.complete(),
    configure: async () => {},
    pause: () => {},
    deliver(batch) {
      for (const packet of batch) state.heard.push(packet[CLEAR]!);
      return batch.count;
    },
  };
  return {
    state,
    emit: (batch: PacketBatch) => out.emit(batch),
    plugin: definePlugin({ name: 'hand', provides: [provideStack([], () => stack)] }),
  };
}

class Rig {
  readonly clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly sent: Sent[] = [];
  readonly all = members(3);
  readonly hands = this.all.map(() => hand());
  readonly nodes: readonly HeddleNode[];

  constructor() {
    const network = new MemoryNetwork();
    const random = new SeededRandom(1);
    this.nodes = this.all.map((self) =>
      createNode({ clock: this.clock, random: random.fork(`${self.index}`) }, [
        staticPeers(self, this.all),
        through(memory({ network, name: `n${self.index}` }), ...(self.index === 0 ? [{ bind: this.#watched }] : [])),
        this.hands[self.index]!.plugin,
      ]),
    );
  }

  /** With sessions from the first node to the others. */
  async start(): Promise<this> {
    for (const node of this.nodes) await this.clock.settle(node.start());
    for (const other of this.all.slice(1)) this.emit(packet(this.all[0]!, other, 64, 0));
    this.clock.advance(1_000);
    for (const { state } of this.hands) state.heard.length = 0;
    this.sent.length = 0;
    return this;
  }

  /** What the first node's Stack sends in one batch. */
  emit(...packets: Uint8Array[]): void {
    this.hands[0]!.emit(PacketBatch.of(...packets));
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await this.clock.settle(node.close());
  }

  readonly #watched = (inner: Parameters<typeof wrapBind>[0]) =>
    wrapBind(inner, () => ({
      send: (to, batch, next) => {
        this.sent.push({ to: to.text, segmentSize: batch.segmentSize, lengths: Array.from(batch.lengths.subarray(0, batch.count)) });
        return next(to, batch);
      },
    }));
}

function packet(from: Member, to: Member, length: number, mark: number): Uint8Array {
  const [source, destination] = [parseAddress(from.address)!, parseAddress(to.address)!];
  const fixed = { tos: 0, id: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64, options: new Uint8Array(0) };
  return encodeIpv4({ ...fixed, protocol: UDP, source, destination, payload: new Uint8Array(length - CLEAR).fill(mark) });
}

async function started(): Promise<{ rig: Rig; a: Member; b: Member; c: Member }> {
  const rig = await new Rig().start();
  const [a, b, c] = rig.all as [Member, Member, Member];
  return { rig, a, b, c };
}

test('packets of one size to one peer go out as one batch that says the size', async () => {
  const { rig, a, b } = await started();
  rig.emit(...Array.from({ length: 10 }, (_, i) => packet(a, b, 512, i)));
  expect(rig.sent).toEqual([{ to: 'mem:n1', segmentSize: 512 + SEALED, lengths: new Array(10).fill(512 + SEALED) }]);
  await rig.close();
});

test('a shorter last packet keeps the batch equal, one that differs before it does not', async () => {
  const { rig, a, b } = await started();
  rig.emit(packet(a, b, 512, 1), packet(a, b, 512, 2), packet(a, b, 64, 3));
  rig.emit(packet(a, b, 512, 1), packet(a, b, 64, 2), packet(a, b, 512, 3));
  rig.emit(packet(a, b, 64, 1), packet(a, b, 512, 2));
  expect(rig.sent.map(({ segmentSize }) => segmentSize)).toEqual([512 + SEALED, 0, 0]);
  await rig.close();
});

test('packets to peers that alternate go out as one batch a peer, in their order', async () => {
  const { rig, a, b, c } = await started();
  rig.emit(...Array.from({ length: 20 }, (_, i) => packet(a, i % 2 === 0 ? b : c, 512, i)));
  expect(rig.sent.map(({ to, segmentSize, lengths }) => [to, segmentSize, lengths.length])).toEqual([
    ['mem:n1', 512 + SEALED, 10],
    ['mem:n2', 512 + SEALED, 10],
  ]);
  rig.clock.advance(1_000);
  expect(rig.hands[1]!.state.heard).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(rig.hands[2]!.state.heard).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  await rig.close();
});

test('in a batch too long to be looked through for each peer, the packets of each still keep their order', async () => {
  const { rig, a, b, c } = await started();
  rig.emit(...Array.from({ length: 700 }, (_, i) => packet(a, i % 7 === 0 ? b : c, 64, (i / 7) & 0xff)));
  rig.clock.advance(1_000);
  expect(rig.hands[1]!.state.heard).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(rig.hands[2]!.state.heard).toEqual(Array.from({ length: 600 }, (_, i) => Math.floor(i / 6)));
  await rig.close();
});

test('nothing waits for more: a packet alone is with the Bind before the Stack has its call back', async () => {
  const { rig, a, b } = await started();
  for (let i = 1; i <= 3; i++) {
    rig.emit(packet(a, b, 512, i));
    expect(rig.sent.length).toBe(i);
  }
  expect(rig.sent.every(({ lengths }) => lengths.length === 1)).toBe(true);
  await rig.close();
});
