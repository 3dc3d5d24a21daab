import type { SeededRandom } from '../time/seeded-random.js';
import { type SimPacket, sizeOf } from './sim-packet.js';
import type { SimWorld } from './sim-world.js';

/** What one direction of a link does to packets. Probabilities are 0 to 1, times milliseconds. */
export interface LinkShape {
  readonly delay: number;
  /** Up to this much more delay, evenly spread. Does not change the order. */
  readonly jitter: number;
  readonly loss: number;
  readonly duplicate: number;
  /** Packets that are overtaken: they are held for `reorderBy` more. */
  readonly reorder: number;
  readonly reorderBy: number;
  /** One bit of the payload is turned over. Streams lose such a segment, as by its checksum. */
  readonly corrupt: number;
  /** Bits per second; Infinity: no limit. */
  readonly rate: number;
  /** Bytes that may wait for the rate; what comes on top is dropped. */
  readonly queue: number;
  /** Bytes with IP header. */
  readonly mtu: number;
}

export const PLAIN_LINK: LinkShape = {
  delay: 0,
  jitter: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderBy: 10,
  corrupt: 0,
  rate: Infinity,
  queue: 256 * 1024,
  mtu: 1500,
};

/** One direction of a link. */
export class LinkDirection {
  readonly name: string;
  readonly #world: SimWorld;
  readonly #random: SeededRandom;
  #shape: LinkShape;
  #plugged = true;
  /** When the last bit that waits has been sent. */
  #busyUntil = 0;
  #lastArrival = 0;

  constructor(world: SimWorld, name: string, shape: Partial<LinkShape>) {
    this.name = name;
    this.#world = world;
    this.#random = world.random.fork(name);
    this.#shape = { ...PLAIN_LINK, ...shape };
  }

  get shape(): LinkShape {
    return this.#shape;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Changes the shape for packets sent from now on. */
  set(shape: Partial<LinkShape>): void {
    this.#shape = { ...this.#shape, ...shape };
  }

  plug(plugged: boolean): void {
    this.#plugged = plugged;
  }

  /** True when the packet is larger than the link takes and must not be cut. */
  tooLarge(packet: SimPacket): boolean {
    return packet.dontFragment && sizeOf(packet) > this.#shape.mtu;
  }

  /** Brings the packet to the other side, or not. `inside`: there it only goes on, and meets nobody's code. */
  carry(packet: SimPacket, arrive: (packet: SimPacket) => void, inside = false): void {
    const reason = this.#mishap(packet);
    if (reason !== undefined) return this.#world.drop(this.name, reason, packet);
    const departure = this.#depart(packet);
    const copies = this.#random.chance(this.#shape.duplicate) ? 2 : 1;
    for (let i = 0; i < copies; i++) this.#travel(i === 0 ? packet : { ...packet, bytes: packet.bytes.slice() }, departure, arrive, inside);
  }

  #mishap(packet: SimPacket): string | undefined {
    if (!this.#plugged) return 'unplugged';
    if (this.tooLarge(packet)) return 'mtu';
    if (this.#random.chance(this.#shape.loss)) return 'loss';
    const backlog = ((this.#busyUntil - this.#world.clock.now()) * this.#shape.rate) / 8000;
    return backlog + sizeOf(packet) > this.#shape.queue ? 'queue' : undefined;
  }

  #depart(packet: SimPacket): number {
    const now = this.#world.clock.now();
    if (this.#shape.rate === Infinity) return now;
    this.#busyUntil = Math.max(this.#busyUntil, now) + (sizeOf(packet) * 8000) / this.#shape.rate;
    return this.#busyUntil;
  }

  #travel(packet: SimPacket, departure: number, arrive: (packet: SimPacket) => void, inside: boolean): void {
    const { delay, jitter, reorder, reorderBy, corrupt } = this.#shape;
    const inOrder = Math.max(this.#lastArrival, departure + delay + (jitter > 0 ? this.#random.uniform() * jitter : 0));
    const late = this.#random.chance(reorder);
    if (!late) this.#lastArrival = inOrder;
    const damaged = packet.bytes.length > 0 && this.#random.chance(corrupt);
    const run = (): void => {
      if (!this.#plugged) this.#world.drop(this.name, 'unplugged', packet);
      else if (damaged && packet.protocol === 'stream') this.#world.drop(this.name, 'corrupt', packet);
      else arrive(damaged ? this.#damage(packet) : packet);
    };
    this.#world.clock.at(late ? inOrder + reorderBy : inOrder, run, inside && packet.lost === undefined);
  }

  #damage(packet: SimPacket): SimPacket {
    const bytes = packet.bytes.slice();
    bytes[this.#random.integer(bytes.length)]! ^= 1 << this.#random.integer(8);
    return { ...packet, bytes };
  }
}

/** A cable between a station and its LAN. */
export class Link {
  /** From the station to the LAN, and from the LAN to the station. */
  readonly up: LinkDirection;
  readonly down: LinkDirection;

  constructor(world: SimWorld, name: string, shape: Partial<LinkShape>) {
    this.up = new LinkDirection(world, `${name}^`, shape);
    this.down = new LinkDirection(world, `${name}v`, shape);
  }

  /** Changes both directions; what is on the way keeps its time. */
  set(shape: Partial<LinkShape>): void {
    this.up.set(shape);
    this.down.set(shape);
  }

  /** Pulls the cable: everything on the way is lost, too. */
  unplug(): void {
    this.up.plug(false);
    this.down.plug(false);
  }

  plug(): void {
    this.up.plug(true);
    this.down.plug(true);
  }
}
