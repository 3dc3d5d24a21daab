import type { Bytes, Clock } from '@heddle/core';
import { contentHash } from '../log/content-hash.js';
import type { EventLog } from '../log/event-log.js';
import type { SeededRandom } from '../time/seeded-random.js';
import { endpointText, type SimPacket } from './sim-packet.js';

/** A clock that may be told that a timer causes no promise, as VirtualClock may; to any other it means nothing. */
interface WorldClock extends Clock {
  at(time: number, run: () => void, quiet?: boolean): () => void;
}

const CHUNK = 65_536;
const LARGEST_PIECE = 4_096;

/** What all parts of one simulated network share. */
export class SimWorld {
  readonly clock: WorldClock;
  readonly random: SeededRandom;
  readonly log: EventLog;
  readonly #drops = new Map<string, number>();
  /** Memory that copies are cut from: one of its own for each small packet costs more than the packet. */
  #chunk: Bytes = new Uint8Array(0);
  #used = 0;

  constructor(clock: Clock, random: SeededRandom, log: EventLog) {
    this.clock = clock;
    this.random = random;
    this.log = log;
  }

  /** A copy for a packet. */
  copy(slab: Bytes, offset: number, length: number): Bytes {
    if (length > LARGEST_PIECE) return slab.slice(offset, offset + length);
    if (this.#used + length > this.#chunk.length) {
      this.#chunk = new Uint8Array(CHUNK);
      this.#used = 0;
    }
    const copy = this.#chunk.subarray(this.#used, this.#used + length);
    this.#used += length;
    for (let i = 0; i < length; i++) copy[i] = slab[offset + i]!;
    return copy;
  }

  /** Writes a line: when, where, what, which packet. */
  note(where: string, what: string, packet: SimPacket): void {
    const about = packet.segment === undefined ? packet.kind : segmentText(packet.segment);
    const ends = `${endpointText(packet.source)} > ${endpointText(packet.destination)}`;
    this.log.add(
      `${this.clock.now().toFixed(3)} ${where} ${what} ${packet.protocol} ${about} ${ends} ${packet.bytes.length} ${contentHash(packet.bytes, 0, packet.bytes.length)}`,
    );
  }

  /** Gives a packet up, for a reason that is counted. */
  drop(where: string, reason: string, packet: SimPacket): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
    this.note(where, `drops(${reason})`, packet);
    packet.lost?.();
  }

  /** Packets given up so far, by reason. */
  get drops(): ReadonlyMap<string, number> {
    return this.#drops;
  }
}

function segmentText(segment: NonNullable<SimPacket['segment']>): string {
  if (segment.kind === 'window') return `window=${segment.until}`;
  return 'at' in segment ? `${segment.kind}@${segment.at}` : segment.kind;
}
