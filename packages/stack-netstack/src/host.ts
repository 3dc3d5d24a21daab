import { type Bytes, HeddleError, type PacketBatch, type Random, type StackConfig } from '@heddle/core';
import {
  createUpperLayer,
  destinationAt,
  findUpperLayer,
  IPV6,
  ipPacketLength,
  ipv4ChecksumValid,
  PROTOCOL,
  sourceAt,
  type UpperLayer,
  upperChecksumValid,
} from '@heddle/wire';
import { IcmpLayer, type PathNews } from './icmp/icmp-layer.js';
import { backToFragment, faultOfExtensions, faultOfProtocol, type HeaderFault } from './ip/extension-headers.js';
import { IpOutput } from './ip/ip-output.js';
import { isMartian } from './ip/martians.js';
import { Network } from './ip/network.js';
import { Reassembly } from './ip/reassembly.js';
import { Loopback } from './output/loopback.js';
import { PacketWriter } from './output/packet-writer.js';
import { hearOfPath } from './tcp/path-news.js';
import { Secrets } from './tcp/secrets.js';
import { TcpLayer } from './tcp/tcp-layer.js';
import type { TcpSettings } from './tcp/tcp-settings.js';
import { UdpLayer } from './udp/udp-layer.js';

export interface HostSettings {
  readonly tcp: TcpSettings;
  /** Takes packets for any address, and offers their flows to interceptors. */
  readonly acceptAny: boolean;
  /** Says "port unreachable" to datagrams that nobody wants. */
  readonly refuseUdp: boolean;
}

export interface HostParts {
  readonly settings: HostSettings;
  readonly random: Random;
  /** The time, for what applications call. Everything else is handed its time. */
  readonly now: () => number;
  readonly emit: (batch: PacketBatch) => void;
  readonly drop: (reason: string, packets: number) => void;
  /** Deadlines may have changed. */
  readonly changed: () => void;
}

/** A whole IP host without time, sockets or promises: `input`, `tick`, `nextDeadline`; packets come out through `emit`. */
export class Host {
  readonly network: Network = new Network();
  readonly writer: PacketWriter;
  readonly secrets: Secrets;
  readonly tcp: TcpLayer;
  readonly udp: UdpLayer;
  readonly icmp: IcmpLayer;
  readonly #parts: HostParts;
  readonly #reassembly: Reassembly;
  readonly #loopback: Loopback;
  #isLooped = false;
  readonly #upper = createUpperLayer();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #isRunning = false;

  constructor(parts: HostParts) {
    const drop = (reason: string): void => parts.drop(reason, 1);
    const enter = (work: (now: number) => void): void => this.#enter(work);
    this.#parts = parts;
    this.secrets = new Secrets(parts.random);
    this.#loopback = new Loopback(parts.drop);
    this.writer = new PacketWriter(parts.emit, parts.drop, this.#loopback);
    this.#reassembly = new Reassembly(drop);
    const { network, secrets, writer } = this;
    const random = (): number => secrets.number();
    const output = new IpOutput(network, writer, random);
    this.tcp = new TcpLayer({ settings: parts.settings.tcp, network, writer, secrets, enter, drop });
    const interceptors = this.tcp.newcomers.interceptors;
    this.udp = new UdpLayer({ network, output, interceptors, below: (n) => secrets.below(n), drop, enter });
    this.icmp = new IcmpLayer({ network, output, random, drop, news: (news, now) => this.#hear(news, now) });
  }

  configure(config: StackConfig): void {
    this.network.configure(config);
  }

  /** Takes packets. Never throws, whatever they hold. */
  input(batch: PacketBatch, now: number): void {
    this.network.paths.tick(now);
    this.#take(batch, now);
    this.run(now);
  }

  #take(batch: PacketBatch, now: number): void {
    if (this.#view.buffer !== batch.slab.buffer || this.#view.byteOffset !== batch.slab.byteOffset)
      this.#view = new DataView(batch.slab.buffer, batch.slab.byteOffset, batch.slab.byteLength);
    for (let i = 0; i < batch.count; i++) this.#packet(batch, i, now);
  }

  /** What we sent to ourselves. */
  #takeLooped(now: number): void {
    this.#isLooped = true;
    for (const batch of this.#loopback.take()) {
      this.#take(batch, now);
      batch.release();
    }
    this.#isLooped = false;
  }

  tick(now: number): void {
    this.network.paths.tick(now);
    this.#reassembly.tick(now);
    this.tcp.tick(now);
    this.udp.flows.tick(now);
    this.#takeLooped(now);
    this.run(now);
  }

  get nextDeadline(): number {
    if (!this.#loopback.isEmpty) return 0;
    return Math.min(this.tcp.nextDeadline, this.udp.flows.nextDeadline, this.#reassembly.nextDeadline);
  }

  /** Does all that can be done now: sends, emits, calls back, until nothing is left. */
  run(now: number): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      do {
        this.tcp.work(now);
        this.writer.flush();
        this.tcp.tell();
      } while (this.writer.hasRoom && (this.tcp.isBusy || this.writer.hasPackets));
    } finally {
      this.#isRunning = false;
    }
    this.#parts.changed();
  }

  close(): void {
    this.tcp.close();
    this.udp.close();
    this.icmp.pings.close();
    this.writer.use(undefined);
  }

  #enter(work: (now: number) => void): void {
    const now = this.#parts.now();
    work(now);
    this.run(now);
  }

  #packet(batch: PacketBatch, index: number, now: number): void {
    const at = batch.offsets[index]!;
    const isWhole = batch.offload !== undefined;
    if (ipPacketLength(batch.slab, at, batch.lengths[index]!) === 0) this.#parts.drop('ip-malformed', 1);
    else this.#one(batch.slab, at, batch.lengths[index]!, isWhole, this.#view, now);
  }

  /** `isTrusted`: a super-packet, whose checksum was never filled in. */
  #one(slab: Bytes, at: number, length: number, isTrusted: boolean, view: DataView, now: number): void {
    const upper = this.#upper;
    if (!findUpperLayer(slab, at, length, upper)) this.#parts.drop('ip-malformed', 1);
    else if (upper.version === 4 && !isTrusted && !ipv4ChecksumValid(slab, at)) this.#parts.drop('ip-checksum', 1);
    else if (!this.#isForUs(slab, at, upper)) this.#parts.drop('ip-not-ours', 1);
    else if (upper.fragmentOffset > 0 || upper.moreFragments) this.#fragment(slab, at, upper, now);
    else if (!isTrusted && !upperChecksumValid(slab, at, upper, view)) this.#parts.drop('checksum', 1);
    else this.#dispatch(slab, at, upper, now);
  }

  #fragment(slab: Bytes, at: number, upper: UpperLayer, now: number): void {
    if (upper.version === 6) backToFragment(slab, at, upper);
    if (this.#isFaulty(slab, at, upper, now)) return;
    const whole = this.#reassembly.take(slab, at, upper, now);
    if (whole === undefined || !findUpperLayer(whole, 0, whole.length, upper)) return;
    if (upper.fragmentOffset > 0 || upper.moreFragments || !upperChecksumValid(whole, 0, upper)) this.#parts.drop('checksum', 1);
    else this.#dispatch(whole, 0, upper, now);
  }

  #isForUs(slab: Bytes, at: number, upper: UpperLayer): boolean {
    const size = upper.version === 4 ? 4 : 16;
    const source = sourceAt(upper.version, at);
    const destination = destinationAt(upper.version, at);
    if (isMartian(slab, source, size) || isMartian(slab, destination, size) || this.#isOwnSource(slab, source, size)) return false;
    return this.#parts.settings.acceptAny || this.network.isOwnAt(slab, destination, size);
  }

  /** Only what looped has come from ourselves. */
  #isOwnSource(slab: Bytes, at: number, size: number): boolean {
    return !this.#isLooped && this.network.isOwnAt(slab, at, size);
  }

  #dispatch(slab: Bytes, at: number, upper: UpperLayer, now: number): void {
    if (this.#isFaulty(slab, at, upper, now)) return;
    if (upper.protocol === PROTOCOL.TCP) {
      this.tcp.input(slab, at, upper, now);
      return;
    }
    const size = upper.version === 4 ? 4 : 16;
    const from = sourceAt(upper.version, at);
    const source = slab.slice(from, from + size);
    const destination = slab.slice(from + size, from + 2 * size);
    if (upper.protocol === PROTOCOL.UDP) this.#datagram(slab, at, upper, source, destination, now);
    else if (upper.protocol === (upper.version === 4 ? PROTOCOL.ICMP : PROTOCOL.ICMPV6)) this.#icmp(slab, upper, source, destination, now);
    else this.#unspoken(slab, at, upper, source, destination, now);
  }

  #isFaulty(slab: Bytes, at: number, upper: UpperLayer, now: number): boolean {
    const fault = upper.version === 6 && upper.at - at > IPV6.HEADER ? faultOfExtensions(slab, at, upper) : undefined;
    if (fault !== undefined) this.#refuse('ip-extension', slab, at, upper, fault, now);
    return fault !== undefined;
  }

  #refuse(reason: string, slab: Bytes, at: number, upper: UpperLayer, fault: HeaderFault, now: number): void {
    this.#parts.drop(reason, 1);
    if (this.network.isOwnAt(slab, destinationAt(6, at), 16)) this.icmp.refuseHeader(slab, at, upper, fault, now);
  }

  /** A protocol that nobody here speaks. */
  #unspoken(slab: Bytes, at: number, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): void {
    if (upper.version === 6) this.#refuse('ip-protocol', slab, at, upper, faultOfProtocol(slab, at, upper), now);
    else {
      this.#parts.drop('ip-protocol', 1);
      if (this.network.isOwn(destination)) this.icmp.refuseProtocol(slab, at, upper, source, destination, now);
    }
  }

  #datagram(slab: Bytes, at: number, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): void {
    if (this.udp.input(slab, upper, source, destination, now)) return;
    this.#parts.drop('udp-no-port', 1);
    if (this.#parts.settings.refuseUdp) this.icmp.refusePort(slab, at, upper, source, destination, now);
  }

  /** Echo is answered for own addresses alone, also when any are taken. */
  #icmp(slab: Bytes, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): void {
    if (this.network.isOwn(destination)) this.icmp.input(slab, upper, source, destination, now);
    else this.#parts.drop('ip-not-ours', 1);
  }

  #hear(news: PathNews, now: number): void {
    const isTcp = news.quoted.protocol === PROTOCOL.TCP;
    if (isTcp) hearOfPath(this.tcp, this.network, news, now);
    else if (news.quoted.protocol !== PROTOCOL.UDP || !this.udp.isOurs(news.quoted)) this.#parts.drop('icmp-not-ours', 1);
    else if (news.kind === 'too-big') this.network.paths.learn(news.quoted.destination, news.mtu, now);
    else this.udp.failed(news.quoted, news.isPort);
  }
}

/** The parts of a host that an application has in hand when the Stack is closed. */
export function notRunning(): HeddleError {
  return new HeddleError('HEDDLE_NOT_RUNNING', 'the netstack is not open; start the node first');
}
