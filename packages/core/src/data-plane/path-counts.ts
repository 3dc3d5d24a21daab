import type { Remote } from '../contracts/remote.js';
import type { PathCounters, PathTally } from './kernel.js';

const SENT_PACKETS = 0;
const SENT_BYTES = 1;
const RECEIVED_PACKETS = 2;
const RECEIVED_BYTES = 3;
const COLUMNS = 4;

const PLAIN = 0;
const IPV4 = 1;
const IPV6 = 2;
const ROWS = 3;

/** What went through the Binds of one scheme, over IPv4, over IPv6 and otherwise. Two additions a batch; never begins anew in a run. */
export class PathCounts {
  readonly #scheme: string;
  readonly #relay: boolean;
  readonly #counts = new Float64Array(ROWS * COLUMNS);

  constructor(scheme: string, relay: boolean) {
    this.#scheme = scheme;
    this.#relay = relay;
  }

  sent(to: Remote, packets: number, bytes: number): void {
    this.#add(rowOf(to) + SENT_PACKETS, packets, bytes);
  }

  received(from: Remote | undefined, packets: number, bytes: number): void {
    this.#add(rowOf(from) + RECEIVED_PACKETS, packets, bytes);
  }

  /** All of the scheme. */
  sum(): PathCounters {
    const tallies = [PLAIN, IPV4, IPV6].map((row) => this.#tally(row));
    const { path: _, ...sums } = tallies.reduce(addTally);
    return { scheme: this.#scheme, ...sums };
  }

  /** By kind of path; without those that nothing went by. */
  tallies(): readonly PathTally[] {
    return [PLAIN, IPV4, IPV6].map((row) => this.#tally(row)).filter((tally) => tally.sentPackets + tally.receivedPackets > 0);
  }

  #add(at: number, packets: number, bytes: number): void {
    this.#counts[at]! += packets;
    this.#counts[at + 1]! += bytes;
  }

  #tally(row: number): PathTally {
    const at = row * COLUMNS;
    return {
      path: pathName(this.#scheme, this.#relay, row),
      sentPackets: this.#counts[at + SENT_PACKETS]!,
      sentBytes: this.#counts[at + SENT_BYTES]!,
      receivedPackets: this.#counts[at + RECEIVED_PACKETS]!,
      receivedBytes: this.#counts[at + RECEIVED_BYTES]!,
    };
  }
}

/** The kind of the path to a remote: `direct_ipv4`, `direct_ipv6`, or the scheme of what is no IP address or somebody else's machine. */
export function pathKind({ scheme, ip }: Remote, relay: boolean): string {
  return pathName(scheme, relay, familyOf(ip));
}

/** One row a kind of path: two Binds may carry the same kind. */
export function mergeTallies(tallies: readonly PathTally[]): readonly PathTally[] {
  const merged = new Map<string, PathTally>();
  for (const tally of tallies) {
    const before = merged.get(tally.path);
    merged.set(tally.path, before === undefined ? tally : addTally(before, tally));
  }
  return [...merged.values()];
}

function addTally(a: PathTally, b: PathTally): PathTally {
  return {
    path: a.path,
    sentPackets: a.sentPackets + b.sentPackets,
    sentBytes: a.sentBytes + b.sentBytes,
    receivedPackets: a.receivedPackets + b.receivedPackets,
    receivedBytes: a.receivedBytes + b.receivedBytes,
  };
}

function pathName(scheme: string, relay: boolean, family: number): string {
  if (relay || family === PLAIN) return scheme;
  return family === IPV4 ? 'direct_ipv4' : 'direct_ipv6';
}

function rowOf(remote: Remote | undefined): number {
  return familyOf(remote?.ip) * COLUMNS;
}

function familyOf(ip: Remote['ip']): number {
  if (ip === undefined) return PLAIN;
  return ip.address.includes(':') ? IPV6 : IPV4;
}
