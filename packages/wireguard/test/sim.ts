import { type Bytes, type Crypto, chooseCrypto, type PacketTable } from '@heddle/crypto';
import { messageType } from '@heddle/wire';
import type { DropReason, Endpoint, PeerConfig, PeerRef, Sink, WireGuardLimits } from '../src/index.js';
import { WireGuard } from '../src/index.js';
import { copies, ipPacket, table } from './packets.js';
import { SeededRandom } from './seeded-random.js';

/** A datagram on the wire. */
export interface Datagram {
  readonly at: number;
  readonly from: SimNode;
  readonly to: SimNode;
  /** 1 initiation, 2 response, 3 cookie reply, 4 data. */
  readonly type: number;
  readonly bytes: Bytes;
}

/** When a datagram arrives, in milliseconds from now; none: lost, two: duplicated. */
export type Wire = (datagram: Datagram) => readonly number[];

interface Arrival {
  readonly at: number;
  readonly to: SimNode;
  readonly from: Endpoint;
  readonly bytes: Bytes;
}

export interface NodeOptions {
  readonly limits?: Partial<WireGuardLimits>;
  readonly mtu?: number;
  readonly privateKey?: Bytes;
  readonly roaming?: boolean;
  /** Default: that of all nodes. */
  readonly crypto?: Crypto;
  readonly random?: (into: Bytes) => void;
  /** Its addresses end in one more than this; default: the nodes are counted. */
  readonly number?: number;
}

/** That of every simulation that brings none. Each choice of providers tests them. */
const CRYPTO = chooseCrypto();
const UTF8 = new TextEncoder();

/** Engines, a wire between them, and the only clock there is. */
export class Sim {
  now = 1_000;
  /** Wall clock minus `now`. */
  wallOffset = 1_700_000_000_000;
  wire: Wire = () => [10];
  readonly crypto: Crypto;
  readonly random: SeededRandom;
  readonly nodes: SimNode[] = [];
  readonly log: Datagram[] = [];
  readonly #owners = new Map<Endpoint, SimNode>();
  #arrivals: Arrival[] = [];

  constructor(seed = 1, crypto: Crypto = CRYPTO) {
    this.crypto = crypto;
    this.random = new SeededRandom(seed);
  }

  node(options: NodeOptions = {}): SimNode {
    const node = new SimNode(this, options.number ?? this.nodes.length, options);
    this.nodes.push(node);
    return node;
  }

  /** Two nodes that know each other and each other's place. */
  pair(config: Partial<PeerConfig> = {}, options: NodeOptions = {}): readonly [SimNode, SimNode] {
    const [a, b] = [this.node(options), this.node(options)];
    a.knows(b, config);
    b.knows(a, config);
    return [a, b];
  }

  endpoint(owner: SimNode): Endpoint {
    const id = Uint8Array.of(this.#owners.size >> 8, this.#owners.size);
    const endpoint = { id, limitKey: String(this.#owners.size) };
    this.#owners.set(endpoint, owner);
    return endpoint;
  }

  send(from: SimNode, to: Endpoint | undefined, bytes: Bytes): void {
    const owner = to && this.#owners.get(to);
    if (owner === undefined) return;
    const datagram = { at: this.now, from, to: owner, type: messageType(bytes, 0, bytes.length), bytes };
    this.log.push(datagram);
    for (const delay of this.wire(datagram)) this.inject(owner, from.place, bytes, delay);
  }

  /** A datagram from anywhere, not logged. */
  inject(to: SimNode, from: Endpoint, bytes: Bytes, delay = 0): void {
    this.#arrivals.push({ at: this.now + delay, to, from, bytes });
  }

  /** Lets time pass, event by event. */
  run(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let next = this.#nextEvent(); next <= end; next = this.#nextEvent()) {
      this.now = Math.max(this.now, next);
      this.#deliver();
      for (const node of this.nodes) if (node.engine.nextDeadline() <= this.now) node.engine.tick(this.now);
    }
    this.now = end;
  }

  /** What was sent since `mark` (an earlier length of the log). */
  sent(from: SimNode, type: number, mark = 0): Datagram[] {
    return this.log.slice(mark).filter((datagram) => datagram.from === from && datagram.type === type);
  }

  #nextEvent(): number {
    const arrival = this.#arrivals.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
    return this.nodes.reduce((first, node) => Math.min(first, node.engine.nextDeadline()), arrival);
  }

  #deliver(): void {
    const due = this.#arrivals.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    this.#arrivals = this.#arrivals.filter(({ at }) => at > this.now);
    for (const { to, from, bytes } of due) to.engine.receive(this.now, from, table(bytes));
  }
}

/** One engine with what it has told its owner. */
export class SimNode implements Sink {
  readonly sim: Sim;
  readonly address: string;
  readonly address6: string;
  readonly engine: WireGuard;
  readonly received: Bytes[] = [];
  readonly drops: Partial<Record<DropReason, number>> = {};
  readonly endpoints: Endpoint[] = [];
  establishments = 0;
  /** Where its datagrams come from. */
  place: Endpoint;

  constructor(sim: Sim, number: number, options: NodeOptions) {
    this.sim = sim;
    this.address = `10.0.0.${number + 1}`;
    this.address6 = `fd00::${number + 1}`;
    this.engine = new WireGuard({
      crypto: sim.crypto,
      sink: this,
      random: (into) => sim.random.fill(into),
      wallClock: () => sim.now + sim.wallOffset,
      privateKey: sim.random.bytes(32),
      ...options,
    });
    this.place = sim.endpoint(this);
  }

  get publicKey(): Bytes {
    return this.engine.publicKey!;
  }

  /** Adds the other node as a peer, with all that it may own. */
  knows(other: SimNode, config: Partial<PeerConfig> = {}): PeerRef {
    const allowedIps = [other.address, other.address6];
    return this.engine.setPeer(this.sim.now, { publicKey: other.publicKey, allowedIps, endpoint: other.place, ...config });
  }

  peer(other: SimNode): PeerRef {
    return this.engine.peer(other.publicKey)!;
  }

  /** Sends packets, in one batch, that are known by their payload. */
  say(other: SimNode, ...texts: readonly string[]): void {
    this.engine.send(this.sim.now, table(...texts.map((text) => ipPacket(this.address, other.address, UTF8.encode(text)))));
  }

  /** The payloads that arrived. */
  get heard(): string[] {
    return this.received.map((packet) => new TextDecoder().decode(packet.subarray(20)));
  }

  moves(): void {
    this.place = this.sim.endpoint(this);
  }

  transmit(_peer: PeerRef | undefined, to: Endpoint | undefined, datagrams: PacketTable): void {
    for (const bytes of copies(datagrams)) this.sim.send(this, to, bytes);
  }

  deliver(_peer: PeerRef, packets: PacketTable): void {
    this.received.push(...copies(packets));
  }

  endpointChanged(_peer: PeerRef, endpoint: Endpoint): void {
    this.endpoints.push(endpoint);
  }

  established(): void {
    this.establishments++;
  }

  drop(reason: DropReason, packets: number): void {
    this.drops[reason] = (this.drops[reason] ?? 0) + packets;
  }
}
