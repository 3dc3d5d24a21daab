import type { Clock } from '@heddle/core';
import type { SeededRandom } from '@heddle/testing';

export interface WireFaults {
  /** One way, in milliseconds. */
  readonly delay?: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** Share of packets that take `reorderBy` milliseconds longer. */
  readonly reorder?: number;
  readonly reorderBy?: number;
  /** Bits a second in millions; no limit when it is absent. */
  readonly rate?: number;
  /** Bytes that wait for the rate before the tail is dropped. */
  readonly queue?: number;
}

/** One direction of a wire in virtual time. Packets of one instant arrive together. */
export class SimulatedWire {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #deliver: (packets: readonly Uint8Array[]) => void;
  readonly #due = new Map<number, Uint8Array[]>();
  faults: WireFaults;
  packets = 0;
  bytes = 0;
  dropped = 0;
  /** When the last bit of what waits has left. */
  #freeAt = 0;

  constructor(clock: Clock, random: SeededRandom, faults: WireFaults, deliver: (packets: readonly Uint8Array[]) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#deliver = deliver;
    this.faults = faults;
  }

  carry(packet: Uint8Array): void {
    const { loss = 0, duplicate = 0 } = this.faults;
    this.packets += 1;
    this.bytes += packet.length;
    const leftAt = this.#leave(packet.length);
    if (leftAt < 0 || this.#random.chance(loss)) {
      this.dropped += 1;
      return;
    }
    this.#arrive(packet, leftAt);
    if (this.#random.chance(duplicate)) this.#arrive(packet.slice(), leftAt);
  }

  /** When the packet is on the wire; -1: the queue is full. */
  #leave(bytes: number): number {
    const now = this.#clock.now();
    const { rate, queue = 256 * 1024 } = this.faults;
    if (rate === undefined) return now;
    const perMillisecond = (rate * 1e6) / 8 / 1000;
    const begins = Math.max(now, this.#freeAt);
    if ((begins - now) * perMillisecond + bytes > queue) return -1;
    this.#freeAt = begins + bytes / perMillisecond;
    return this.#freeAt;
  }

  #arrive(packet: Uint8Array, leftAt: number): void {
    const { delay = 0, reorder = 0, reorderBy = 5 } = this.faults;
    const at = leftAt + delay + (this.#random.chance(reorder) ? reorderBy : 0);
    const together = this.#due.get(at);
    if (together !== undefined) {
      together.push(packet);
      return;
    }
    this.#due.set(at, [packet]);
    this.#clock.at(at, () => {
      const packets = this.#due.get(at)!;
      this.#due.delete(at);
      this.#deliver(packets);
    });
  }
}
