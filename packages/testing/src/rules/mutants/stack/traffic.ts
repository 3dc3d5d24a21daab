import type { PacketBatch, StackConfig } from '@heddle/core';
import { GoodStack } from '../good-stack.js';
import { mutant, type StackMutant } from './stack-mutant.js';

export const trafficMutants: readonly StackMutant[] = [
  mutant(
    'throws in deliver',
    'survives-garbage',
    /deliver threw/,
    class extends GoodStack {
      protected override isMine(packet: Uint8Array): boolean {
        if (packet[0]! >> 4 !== 4 && packet[0]! >> 4 !== 6) throw new Error('not an IP packet');
        return super.isMine(packet);
      }
    },
  ),
  mutant(
    'answers IPv4 only',
    'answers-echo',
    /0 replies/,
    class extends GoodStack {
      protected override isMine(packet: Uint8Array): boolean {
        return packet[0]! >> 4 === 4 && super.isMine(packet);
      }
    },
  ),
  mutant(
    'answers from the wrong address',
    'answers-echo',
    /damaged|the reply went/,
    class extends GoodStack {
      protected override turn(packet: Uint8Array): boolean {
        const turned = super.turn(packet);
        packet[15]! ^= 7;
        return turned;
      }
    },
  ),
  mutant(
    'emits packets with a wrong length',
    'emits-ip',
    /header says/,
    class extends GoodStack {
      protected override emit(packets: readonly Uint8Array[]): void {
        super.emit(packets.map((packet) => Uint8Array.from([...packet, 0, 0, 0])));
      }
    },
  ),
  mutant(
    'emits wrong checksums',
    'emits-ip',
    /checksum/,
    class extends GoodStack {
      protected override turn(packet: Uint8Array): boolean {
        const turned = super.turn(packet);
        packet[packet.length - 1]! ^= 0xff;
        return turned;
      }
    },
  ),
  mutant(
    'has the wrong MTU',
    'mtu',
    /wrong MTU/,
    class extends GoodStack {
      protected override fits(packet: Uint8Array): boolean {
        return packet.length <= 1_500;
      }
    },
  ),
  mutant(
    'keeps its first MTU',
    'mtu',
    /wrong MTU/,
    class extends GoodStack {
      override async configure(config: StackConfig): Promise<void> {
        const mtu = this.own.size > 0 ? this.mtu : config.mtu;
        await super.configure({ ...config, mtu });
      }
    },
  ),
  mutant(
    'stops one byte below the MTU',
    'mtu',
    /exactly the MTU/,
    class extends GoodStack {
      protected override fits(packet: Uint8Array): boolean {
        return packet.length < this.mtu;
      }
    },
  ),
  mutant(
    'adds addresses instead of replacing them',
    'configure-replaces',
    /instead of replacing/,
    class extends GoodStack {
      override async configure(config: StackConfig): Promise<void> {
        const before = this.own;
        await super.configure(config);
        for (const address of before) this.own.add(address);
      }
    },
  ),
  mutant(
    'forgets its addresses while it configures',
    'configure-under-traffic',
    /around a configure/,
    class extends GoodStack {
      override async configure(config: StackConfig): Promise<void> {
        this.own = new Set();
        await new Promise<void>((done) => setImmediate(done));
        await super.configure(config);
      }
    },
  ),
  mutant(
    'reorders a flow',
    'order',
    /reorder/,
    class extends GoodStack {
      protected override emitAll(packets: readonly Uint8Array[]): void {
        super.emitAll([...packets].sort((a, b) => a.length - b.length));
      }
    },
  ),
  mutant(
    'emits twice',
    'no-duplicates',
    /duplicates/,
    class extends GoodStack {
      protected override emitAll(packets: readonly Uint8Array[]): void {
        super.emitAll(packets);
        super.emitAll(packets.slice(-1));
      }
    },
  ),
  mutant(
    'loses the last packet of a batch',
    'batch-sizes',
    /lost/,
    class extends GoodStack {
      protected override emitAll(packets: readonly Uint8Array[]): void {
        super.emitAll(packets.length > 1 ? packets.slice(0, -1) : packets);
      }
    },
  ),
  mutant(
    'loses one in a hundred',
    'no-loss',
    /lost/,
    class extends GoodStack {
      #seen = 0;
      protected override turn(packet: Uint8Array): boolean {
        this.#seen += 1;
        return this.#seen % 97 !== 0 && super.turn(packet);
      }
    },
  ),
  mutant(
    'takes more than count',
    'counts',
    /more than count/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        return super.deliver(batch) && batch.count + 1;
      }
    },
  ),
  mutant(
    'says that a batch of none is one',
    'batch-of-none',
    /batch of 0|batch of none/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        return this.life === 'open' ? Math.max(1, super.deliver(batch)) : 0;
      }
    },
  ),
  mutant(
    'emits while paused',
    'pause',
    /while paused/,
    class extends GoodStack {
      override pause(): void {}
    },
  ),
  mutant(
    'never ends a pause',
    'pause',
    /after the pause/,
    class extends GoodStack {
      override pause(paused: boolean): void {
        if (paused) super.pause(paused);
      }
    },
  ),
  mutant(
    'has an unbounded queue',
    'paused-queue-bounded',
    /unbounded/,
    class extends GoodStack {
      protected override hold(replies: readonly Uint8Array[]): void {
        this.held.push(...replies);
      }
    },
  ),
  mutant(
    'drops while paused without counting',
    'paused-queue-bounded',
    /not counted/,
    class extends GoodStack {
      protected override hold(): void {}
    },
  ),
  mutant(
    'lets go what it held when it is closed',
    'close-while-paused',
    /after close/,
    class extends GoodStack {
      override async close(): Promise<void> {
        const { held } = this;
        this.held = [];
        this.life = 'closed';
        this.late = held;
      }
      protected late: readonly Uint8Array[] = [];
      override pause(paused: boolean): void {
        super.pause(paused);
        if (this.life === 'closed') for (const packet of this.late) this.emit([packet]);
      }
    },
  ),
  mutant(
    'loses what is delivered inside a handler',
    'deliver-inside-handler',
    /inside a handler|answered/,
    class extends GoodStack {
      #busy = false;
      override deliver(batch: PacketBatch): number {
        if (this.#busy) return 0;
        this.#busy = true;
        const taken = super.deliver(batch);
        this.#busy = false;
        return taken;
      }
    },
  ),
  mutant(
    'sets a timer per packet',
    'nothing-async-per-packet',
    /timer per packet/,
    class extends GoodStack {
      protected override turn(packet: Uint8Array): boolean {
        this.context!.clock.at(this.context!.clock.now() + 1, () => {});
        return super.turn(packet);
      }
    },
  ),
  mutant(
    'makes a promise per packet',
    'nothing-async-per-packet',
    /promise per packet/,
    class extends GoodStack {
      protected override turn(packet: Uint8Array): boolean {
        void Promise.resolve().then(() => {});
        return super.turn(packet);
      }
    },
  ),
];
