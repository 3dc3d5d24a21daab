import type { PacketAead, PacketTable } from '@heddle/crypto';
import { ipPacketLength, parseAddress, sourceAt } from '@heddle/wire';
import { ipPacket, table } from '../../../wireguard/test/packets.js';
import { Sim, type SimNode } from '../../../wireguard/test/sim.js';
import { bytesOf, fromHex, join } from '../bytes.js';
import { type Parser, promise, promiseSame, type Run } from '../parser.js';

/*
 * What a peer with a valid session may put into it: the input is a counter (2 bytes, around the highest so far) and the clear packet.
 * The cipher of the packets is taken out, so that all of it is read.
 */

const TAG = 16;
const RENEW_AFTER = 4_000;
/** The first counter that WireGuard rejects: 2^64 - 2^13 - 1. */
const REJECTED = 2n ** 64n - 2n ** 13n - 1n;

class NoCipher implements PacketAead {
  #slots = 0;

  allocate(bytes: number): Uint8Array {
    return new Uint8Array(bytes);
  }

  load(): number {
    return this.#slots++;
  }

  unload(): void {}

  seal(_slot: number, { lengths }: PacketTable, from: number, to: number): void {
    for (let i = from; i < to; i++) lengths[i]! += TAG;
  }

  open(_slot: number, { lengths }: PacketTable, from: number, to: number, good: Uint8Array): number {
    for (let i = from; i < to; i++) lengths[i]! -= TAG;
    good.fill(1, from, to);
    return to - from;
  }
}

/** A session from `b` to `a` into which datagrams are put. */
class Inside {
  readonly #sim = new Sim(1);
  readonly #a: SimNode;
  readonly #b: SimNode;
  readonly #head: Uint8Array;
  readonly #allowed: readonly Uint8Array[];
  readonly #used = new Set<bigint>();
  #highest = 100n;

  constructor() {
    Object.assign(this.#sim, { crypto: { ...this.#sim.crypto, packets: new NoCipher() } });
    const [a, b] = this.#sim.pair();
    b.say(a, 'hello');
    this.#sim.run(100);
    this.#head = this.#sim.sent(b, 4).at(-1)!.bytes.slice(0, 8);
    this.#allowed = [b.address, b.address6].map((text) => parseAddress(text)!);
    this.#a = a;
    this.#b = b;
    a.received.length = 0;
    this.#sim.wire = () => [];
  }

  put(input: Uint8Array): void {
    const counter = this.#counter(input);
    this.#sim.now += 1;
    this.#a.engine.receive(this.#sim.now, this.#b.place, table(join(this.#head, le64(counter), input.slice(2), new Uint8Array(TAG))));
    this.#a.engine.tick(this.#sim.now);
    const delivered = this.#a.received.splice(0);
    promise(delivered.length <= (this.#isFresh(counter) ? 1 : 0), 'no counter counts twice, and none at the end of all');
    for (const packet of delivered) this.#check(packet, input.slice(2));
    if (counter >= REJECTED) return;
    this.#used.add(counter);
    if (counter > this.#highest) this.#highest = counter;
  }

  #isFresh(counter: bigint): boolean {
    return counter < REJECTED && !this.#used.has(counter);
  }

  #check(packet: Uint8Array, sent: Uint8Array): void {
    promiseSame(packet, sent.slice(0, packet.length), 'a packet is what was sent, without its padding');
    promise(ipPacketLength(packet, 0, packet.length) === packet.length, 'what is delivered is one whole IP packet');
    const source = sourceAt(packet[0]! >> 4 === 4 ? 4 : 6, 0);
    promise(
      this.#allowed.some((own) => own.every((byte, i) => packet[source + i] === byte)),
      'its source belongs to the peer',
    );
  }

  /** Mostly the next one; sometimes near the highest, sometimes at the end of all counters. */
  #counter(input: Uint8Array): bigint {
    const [how = 0, what = 0] = input;
    if (how < 160) return this.#highest + 1n;
    return how < 250 ? this.#highest + 20n - BigInt(what * (how - 159)) : 2n ** 64n - 1n - BigInt(what << (how - 250));
  }
}

/** The engine after decryption: counters, padding, source addresses. */
export const engineInside: Parser = {
  name: 'engine-inside',
  kind: 'bytes',
  longest: 1500,
  seeds: [
    join(fromHex('0000'), ipPacket('10.0.0.2', '10.0.0.1', bytesOf('hello'))),
    join(fromHex('0000'), ipPacket('10.0.0.2', '10.0.0.1', bytesOf('hello')), new Uint8Array(7)),
    join(fromHex('a105'), ipPacket('fd00::2', 'fd00::1', bytesOf('hello'))),
    join(fromHex('fb01'), ipPacket('10.0.0.9', '10.0.0.1', bytesOf('not mine'))),
    fromHex('0000'),
  ],
  start(): Run {
    let inside = new Inside();
    let inputs = 0;
    return (input) => {
      if (++inputs % RENEW_AFTER === 0) inside = new Inside();
      inside.put(input);
    };
  },
};

function le64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}
