import type { Bytes, Clock, Direction, PacketContext, PacketObserver, PacketTable, Remote } from '@heddle/core';
import { Outlet } from '../recording/outlet.js';
import type { Recorder, RecordingCounts } from '../recording/recordings.js';
import type { Sink } from '../recording/sink.js';
import { outerFrame } from './outer-frame.js';
import type { OwnEnds } from './own-ends.js';
import {
  type CapturedPacket,
  encodeInterface,
  encodeSection,
  encodeStatistics,
  LINK_TYPE,
  packetBlockLength,
  writePacket,
} from './pcapng.js';

export interface CaptureOptions {
  /** Takes the bytes of a pcapng file as they come. */
  readonly to: Sink;
  /** Packets inside the tunnel, as interface `clear`. Default true. */
  readonly clear?: boolean;
  /** Datagrams as the Binds carry them, as interfaces `outer` and `relayed`. Default true. */
  readonly outer?: boolean;
  /** Bytes that are kept of each packet. Default 262,144, which is all. */
  readonly snapLength?: number;
  /** Bytes that may wait for a slow sink; what comes beyond is dropped and counted. Default 4 MiB. */
  readonly queueBytes?: number;
}

export interface PacketRecorderParts extends Required<CaptureOptions> {
  readonly clock: Clock;
  readonly ends: OwnEnds;
  /** The name under which the node knows who looks. */
  readonly name: string;
}

/** Numbers of the interfaces, in the order of their blocks. */
const CLEAR = 0;
const OUTER = 1;
const RELAYED = 2;
const LONGEST_COMMENT = 500;
/** Queue that only the statistics at the end may use: when packets are missing it is full. */
const SPARED = 256;

const INTERFACES = [
  { name: 'clear', description: 'packets inside the tunnel', linkType: LINK_TYPE.RAW },
  { name: 'outer', description: 'datagrams over UDP; IP and UDP headers are made up around them', linkType: LINK_TYPE.RAW },
  { name: 'relayed', description: 'datagrams of other carriers, without any header', linkType: LINK_TYPE.USER0 },
] as const;

/** Writes down packets as pcapng, without ever waiting for who takes the file. */
export class PacketRecorder implements PacketObserver, Recorder {
  readonly name: string;
  readonly clear?: PacketObserver['clear'] & {};
  readonly outer?: PacketObserver['outer'] & {};
  readonly #parts: PacketRecorderParts;
  readonly #outlet: Outlet;
  readonly #received = [0, 0, 0];
  readonly #refused = [0, 0, 0];
  /** Between the monotonic clock and the date: times in a file never go back. */
  readonly #epoch: number;

  constructor(parts: PacketRecorderParts) {
    const { name, to, clock, queueBytes: limit, snapLength } = parts;
    this.name = name;
    this.#parts = parts;
    this.#epoch = clock.wall() - clock.now();
    this.#outlet = new Outlet({ to, clock, limit, head: headOf(snapLength) });
    if (parts.clear) this.clear = (direction, packets, about) => this.#recordClear(direction, packets, about);
    if (parts.outer) this.outer = (direction, datagrams, remote) => this.#recordOuter(direction, datagrams, remote);
  }

  get counts(): RecordingCounts {
    const { taken, lost } = this.#outlet.counts;
    return { written: taken, dropped: sum(this.#refused) + lost };
  }

  /** Writes what waits and how much is missing, and closes the sink. */
  end(): Promise<void> {
    INTERFACES.forEach((_, i) => {
      this.#writeStatistics(i);
    });
    return this.#outlet.end();
  }

  #recordClear(direction: Direction, packets: PacketTable, { peer, path }: PacketContext): void {
    const where = this.#packet(CLEAR, direction, `path ${path?.text ?? 'none'} peer ${peer?.name ?? 'none'}`);
    for (let i = 0; i < packets.count; i++) this.#record(where, packets.slab, packets.offsets[i]!, packets.lengths[i]!);
  }

  #recordOuter(direction: Direction, datagrams: PacketTable, remote: Remote): void {
    const ends = this.#parts.ends.towards(remote);
    const [framed, bare] = [OUTER, RELAYED].map((number) => this.#packet(number, direction, `path ${remote.text}`));
    for (let i = 0; i < datagrams.count; i++) {
      const [offset, length] = [datagrams.offsets[i]!, datagrams.lengths[i]!];
      const frame = ends && outerFrame(direction, ends, datagrams.slab.subarray(offset, offset + length));
      if (frame === undefined) this.#record(bare!, datagrams.slab, offset, length);
      else this.#record(framed!, frame, 0, frame.length);
    }
  }

  #packet(number: number, direction: Direction, comment: string): CapturedPacket {
    const { snapLength } = this.#parts;
    const bytes = new TextEncoder().encode(comment.slice(0, LONGEST_COMMENT));
    return { interface: number, time: this.#time(), direction, comment: bytes, snapLength };
  }

  #record(packet: CapturedPacket, slab: Bytes, offset: number, length: number): void {
    this.#received[packet.interface]! += 1;
    const at = this.#outlet.reserve(packetBlockLength(length, packet), { spared: SPARED });
    if (at === -1) this.#refused[packet.interface]! += 1;
    else writePacket(this.#outlet.bytes, at, packet, slab, offset, length);
  }

  #writeStatistics(number: number): void {
    const [received, dropped] = [this.#received[number]!, this.#refused[number]!];
    if (received === 0) return;
    const block = encodeStatistics(number, this.#time(), { received, dropped });
    const at = this.#outlet.reserve(block.length, { counted: false });
    if (at !== -1) this.#outlet.bytes.set(block, at);
  }

  #time(): number {
    return Math.floor((this.#epoch + this.#parts.clock.now()) * 1_000);
  }
}

function headOf(snapLength: number): Bytes {
  const blocks = [encodeSection('Heddle'), ...INTERFACES.map((each) => encodeInterface({ ...each, snapLength }))];
  const head = new Uint8Array(blocks.reduce((length, block) => length + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    head.set(block, at);
    at += block.length;
  }
  return head;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
