import { type Flow, PacketBatch, SlabPool } from '@heddle/core';
import { SeededRandom, VirtualClock } from '@heddle/testing';
import {
  createUpperLayer,
  decodeIcmp,
  decodeTcp,
  decodeUdp,
  encodeIcmp,
  encodeIpv4,
  encodeTcp,
  encodeUdp,
  findUpperLayer,
  type IcmpMessage,
  ipv4DontFragment,
  ipv4FragmentOffset,
  PROTOCOL,
  parseAddress,
  TCP_FLAG,
  type Tcp,
  upperChecksumValid,
} from '@heddle/wire';
import { NetstackStack } from '../src/netstack-stack.js';
import type { NetstackOptions } from '../src/options.js';

export const OWN: Uint8Array = parseAddress('10.0.0.1')! as Uint8Array;
export const PEER: Uint8Array = parseAddress('10.0.0.2')! as Uint8Array;
const LETTERS: Readonly<Record<string, number>> = { S: TCP_FLAG.SYN, A: TCP_FLAG.ACK, F: TCP_FLAG.FIN, R: TCP_FLAG.RST, P: TCP_FLAG.PSH };

export interface Sent extends Tcp {
  /** Letters in alphabetical order, without P. */
  readonly letters: string;
  readonly text: string;
}

/** One netstack and a scripted peer: packets in, packets out, virtual time. The peer's numbers begin at 1000. */
export class PacketScript {
  readonly clock = new VirtualClock({ flood: 10_000 });
  readonly stack: NetstackStack;
  readonly out: Uint8Array[] = [];
  readonly #supers = new WeakSet<Uint8Array>();
  #batch: Uint8Array[] | undefined;
  readonly drops = new Map<string, number>();
  port = 80;
  peerPort = 4000;

  constructor(options: NetstackOptions = {}) {
    this.stack = new NetstackStack(options);
  }

  static async make(options: NetstackOptions = {}, mtu = 1500): Promise<PacketScript> {
    const script = new PacketScript(options);
    await script.#open(mtu);
    return script;
  }

  async #open(mtu: number): Promise<void> {
    const drop = (reason: string, packets: number): void => void this.drops.set(reason, (this.drops.get(reason) ?? 0) + packets);
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const pool = new SlabPool({
      allocate: (n) => new Uint8Array(n),
      smallSlabs: 256,
      largeSlabs: 32,
      exhausted: () => drop('pool', 1),
      poison: true,
    });
    this.stack.packets$.subscribe((batch) => {
      for (const packet of batch) {
        const copy = packet.slice();
        this.out.push(copy);
        if (batch.offload !== undefined) this.#supers.add(copy);
      }
    });
    await this.stack.open({ clock: this.clock, random: new SeededRandom(7), pool, log, drop }, new AbortController().signal);
    await this.stack.configure({ addresses: ['10.0.0.1/24'], routes: [], mtu });
  }

  /** A segment from the peer: `tcp('SA', 1000, ack)`. */
  tcp(
    letters: string,
    sequence: number,
    acknowledgment = 0,
    rest: Partial<Omit<Tcp, 'payload'>> & { readonly payload?: string } = {},
  ): void {
    const flags = [...letters].reduce((sum, letter) => sum | LETTERS[letter]!, 0);
    const { payload = '', ...fields } = rest;
    const segment = {
      sourcePort: this.peerPort,
      destinationPort: this.port,
      sequence: sequence >>> 0,
      acknowledgment: acknowledgment >>> 0,
      flags,
      window: 65_535,
      urgent: 0,
      options: {},
      ...fields,
    };
    this.ip(PROTOCOL.TCP, encodeTcp({ ...segment, payload: new TextEncoder().encode(payload) }, PEER, OWN));
  }

  udp(sourcePort: number, destinationPort: number, payload: Uint8Array): void {
    this.ip(PROTOCOL.UDP, encodeUdp({ sourcePort, destinationPort, payload }, PEER, OWN));
  }

  icmp(message: IcmpMessage): void {
    this.ip(PROTOCOL.ICMP, encodeIcmp(message));
  }

  ip(protocol: number, payload: Uint8Array, rest: Partial<Parameters<typeof encodeIpv4>[0]> = {}): void {
    const plain = { tos: 0, id: 7, dontFragment: false, moreFragments: false, fragmentOffset: 0, ttl: 64, options: new Uint8Array() };
    this.raw(encodeIpv4({ ...plain, protocol, source: PEER, destination: OWN, payload, ...rest }));
  }

  raw(packet: Uint8Array): void {
    if (this.#batch === undefined) this.stack.deliver(PacketBatch.of(packet));
    else this.#batch.push(packet);
  }

  /** What is sent in there arrives in one batch. */
  together(send: () => void): void {
    const batch: Uint8Array[] = [];
    this.#batch = batch;
    send();
    this.#batch = undefined;
    this.stack.deliver(PacketBatch.of(...batch));
  }

  /** Takes all segments that came out since the last look. */
  segments(): Sent[] {
    return this.payloads(PROTOCOL.TCP).map((payload) => {
      const tcp = decodeTcp(payload)!;
      const letters = Object.keys(LETTERS).filter((letter) => letter !== 'P' && tcp.flags & LETTERS[letter]!);
      return { ...tcp, letters: letters.sort().join(''), text: new TextDecoder().decode(tcp.payload) };
    });
  }

  /** The only segment that came out. */
  segment(): Sent {
    const all = this.segments();
    if (all.length !== 1) throw new Error(`${all.length} segments came out instead of one: ${all.map((each) => each.letters).join(' ')}`);
    return all[0]!;
  }

  icmps(): IcmpMessage[] {
    return this.payloads(PROTOCOL.ICMP).map((payload) => decodeIcmp(payload)!);
  }

  datagrams(): ReturnType<typeof decodeUdp>[] {
    return this.payloads(PROTOCOL.UDP).map((payload) => decodeUdp(payload));
  }

  payloads(protocol: number): Uint8Array[] {
    const upper = createUpperLayer();
    return this.out.splice(0).flatMap((packet) => {
      if (!findUpperLayer(packet, 0, packet.length, upper) || upper.protocol !== protocol) return [];
      const isWhole = !upper.moreFragments && ipv4FragmentOffset(packet, 0) === 0;
      const isSuper = this.#supers.has(packet);
      if (isWhole && !isSuper && !upperChecksumValid(packet, 0, upper)) throw new Error('a wrong checksum came out');
      if (protocol === PROTOCOL.TCP && !ipv4DontFragment(packet, 0)) throw new Error('a TCP packet may be fragmented');
      return [packet.slice(upper.at, upper.at + upper.length)];
    });
  }

  async listen(accept: (flow: Flow) => void = () => {}, backlog?: number): Promise<void> {
    await this.stack.flows.listen({ port: this.port, ...(backlog !== undefined && { backlog }) }, accept);
  }

  /** A passive open, all through. Returns the flow and the number that the peer acknowledges next. */
  async accepted(options: Tcp['options'] = { mss: 1460 }, window = 65_535): Promise<{ flow: Flow; next: number }> {
    let flow: Flow | undefined;
    await this.listen((each) => {
      flow = each;
    });
    this.tcp('S', 999, 0, { options, window });
    const answer = this.segment();
    const next = (answer.sequence + 1) >>> 0;
    const stamps = options.timestamps && { timestamps: { value: options.timestamps.value + 1, echo: answer.options.timestamps!.value } };
    this.tcp('A', 1000, next, { window, ...(stamps && { options: stamps }) });
    if (flow === undefined) throw new Error('the handshake did not end');
    return { flow, next };
  }

  /** An active open up to the SYN. */
  connecting(): { readonly flow: Promise<Flow>; readonly syn: Sent } {
    const flow = this.stack.flows.connect({ address: '10.0.0.2', port: this.peerPort });
    const syn = this.segment();
    this.port = syn.sourcePort;
    return { flow, syn };
  }
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function readText(flow: Flow): string {
  const buffer = new Uint8Array(65_536);
  const n = flow.read(buffer);
  return n < 0 ? '<end>' : new TextDecoder().decode(buffer.subarray(0, n));
}
