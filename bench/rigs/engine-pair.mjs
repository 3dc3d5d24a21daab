// @ts-check
import { WireGuard } from '@heddle/wireguard';

/** Room in front of each packet, and behind it, as in core's slabs. */
const HEADROOM = 96;
const TAILROOM = 48;

/** @typedef {import('@heddle/wireguard').Endpoint} Endpoint */

/**
 * Two engines with a session and a batch of clear packets. What one sends, the other opens at once in the same memory, so that after a pass
 * the batch is what it was before: nothing has to be refilled.
 */
export class EnginePair {
  now = 1_000;
  received = 0;

  /**
   * @param {import('@heddle/crypto').Crypto} crypto
   * @param {{ packets: number, length: number }} batch
   */
  constructor(crypto, { packets, length }) {
    const a = side(crypto, 1);
    const b = side(crypto, 2);
    this.packets = packets;
    this.length = length;
    this.slots = crypto.packets;
    this.key = crypto.packets.load(new Uint8Array(32).fill(7));
    this.table = clearPackets(crypto.packets, packets, length);
    this.good = new Uint8Array(packets);
    a.connect(b, (table) => b.engine.receive(this.now, a.place, table));
    b.connect(a, (table) => a.engine.receive(this.now, b.place, table));
    b.delivered = (count) => {
      this.received += count;
    };
    this.a = a.engine;
    this.#shakeHands(a, b);
  }

  /** Sends and receives the batch. */
  pass() {
    this.a.send(this.now, this.table);
  }

  /** Seals and opens the same packets, and nothing else. */
  aead() {
    const { slots, key, table, packets, good } = this;
    slots.seal(key, table, 0, packets);
    if (slots.open(key, table, 0, packets, good) !== packets) throw new Error('a packet did not open');
  }

  /**
   * @param {Side} a
   * @param {Side} b
   */
  #shakeHands(a, b) {
    a.engine.send(this.now, this.table);
    for (let turn = 0; turn < 4; turn++) for (const { engine } of [a, b]) engine.tick(this.now);
    if (this.received !== this.packets) throw new Error(`the engines did not connect: ${this.received} of ${this.packets} packets`);
  }
}

/** @typedef {ReturnType<typeof side>} Side */

/**
 * @param {import('@heddle/crypto').Crypto} crypto
 * @param {number} number
 */
function side(crypto, number) {
  const privateKey = new Uint8Array(32).fill(number);
  /** @type {(table: import('@heddle/crypto').PacketTable) => void} */
  let transmit = () => {};
  const it = {
    /** @type {Endpoint} */
    place: { id: Uint8Array.of(number), limitKey: `${number}` },
    publicKey: crypto.x25519.load(privateKey).publicKey,
    delivered: (/** @type {number} */ _count) => {},
    /** @type {WireGuard} */
    engine: new WireGuard({
      crypto,
      privateKey,
      random: (into) => into.fill(number + 1),
      wallClock: () => 1_700_000_000_000,
      sink: {
        transmit: (_peer, _to, table) => transmit(table),
        deliver: (_peer, table) => it.delivered(table.count),
        endpointChanged: () => {},
        established: () => {},
        drop: (reason, packets) => {
          throw new Error(`${packets} packets dropped: ${reason}`);
        },
      },
    }),
    /** @type {(other: { publicKey: Uint8Array, place: Endpoint }, use: typeof transmit) => void} */
    connect(other, use) {
      transmit = use;
      this.engine.setPeer(0, { publicKey: other.publicKey, allowedIps: ['10.0.0.0/8'], endpoint: other.place });
    },
  };
  return it;
}

/**
 * @param {import('@heddle/crypto').PacketAead} memory
 * @param {number} packets
 * @param {number} length
 */
function clearPackets(memory, packets, length) {
  const slot = (HEADROOM + length + TAILROOM + 15) & ~15;
  const slab = memory.allocate(slot * packets);
  const offsets = Uint32Array.from({ length: packets }, (_, i) => i * slot + HEADROOM);
  for (const offset of offsets) writeIpv4(slab, offset, length, { from: 1, to: 2 });
  return { slab, offsets, lengths: new Uint32Array(packets).fill(length), count: packets };
}

/**
 * As much of a header as routing reads, from 10.0.0.x to 10.0.0.y.
 * @param {Uint8Array} slab
 * @param {number} offset
 * @param {number} length
 * @param {{ from: number, to: number }} ends
 */
export function writeIpv4(slab, offset, length, { from, to }) {
  slab[offset] = 0x45;
  slab[offset + 2] = length >>> 8;
  slab[offset + 3] = length & 0xff;
  writeAddress(slab, offset + 12, from);
  writeAddress(slab, offset + 16, to);
}

/**
 * @param {Uint8Array} slab
 * @param {number} at
 * @param {number} last
 */
function writeAddress(slab, at, last) {
  slab[at] = 10;
  slab[at + 1] = 0;
  slab[at + 2] = 0;
  slab[at + 3] = last;
}
