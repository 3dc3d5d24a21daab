import type { Clock, HostLookup, Interfaces, NetworkInterface, StreamSockets, UdpSockets } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';
import { canonicalAddress, covers, type PlannedAddress, planAddress } from './address-plan.js';
import { Firewall, type FirewallRules } from './firewall.js';
import { HostPorts, isAny } from './host-ports.js';
import type { Attachment, Lan, Station } from './lan.js';
import type { Link, LinkShape } from './link.js';
import { FaultPlan, type FaultPoint, socketError } from './sim-fault.js';
import { answerTo, familyOf, type SimPacket, sizeOf } from './sim-packet.js';
import { SimStreams } from './sim-streams.js';
import { SimUdp, type SimUdpSocket } from './sim-udp.js';
import type { SimWorld } from './sim-world.js';

export interface HostPort {
  readonly on: Lan;
  readonly addresses: readonly string[];
  /** Name of the interface. Default `eth0`, `eth1`, … */
  readonly interface?: string;
  readonly link?: Partial<LinkShape>;
}

export interface HostOptions {
  /** Its cables. */
  readonly ports: readonly HostPort[];
  readonly firewall?: FirewallRules;
  /** Closed ports answer with an ICMP error. Default true. */
  readonly refuses?: boolean;
  /** Such errors reach the socket (ECONNREFUSED, EMSGSIZE). Default true. */
  readonly reportsRefusals?: boolean;
  /** UDP larger than a link's MTU is refused instead of cut. Default false. */
  readonly dontFragment?: boolean;
}

const LOOPBACK: readonly NetworkInterface[] = [
  { name: 'lo', address: '127.0.0.1', prefixLength: 8, loopback: true },
  { name: 'lo', address: '::1', prefixLength: 128, loopback: true },
];

/** A machine in the simulated network, with the faces that real transports expect of one. */
export class SimHost implements Station {
  readonly name: string;
  readonly firewall: Firewall;
  readonly faults: FaultPlan = new FaultPlan();
  /** Take 6 out for a host without IPv6. */
  readonly families: Set<4 | 6> = new Set<4 | 6>([4, 6]);
  readonly random: SeededRandom;
  readonly udp: UdpSockets;
  readonly streams: StreamSockets;
  readonly interfaces: Interfaces;
  readonly lookup: HostLookup;
  dontFragment: boolean;
  refuses: boolean;
  reportsRefusals: boolean;
  readonly #world: SimWorld;
  readonly #ports = new Map<string, Attachment>();
  readonly #sockets: { readonly udp: SimUdp; readonly streams: SimStreams };

  constructor(world: SimWorld, name: string, options: HostOptions, names: HostLookup) {
    this.name = name;
    this.#world = world;
    this.random = world.random.fork(`host ${name}`);
    this.firewall = new Firewall({ inbound: 'all', ...options.firewall });
    this.refuses = options.refuses ?? true;
    this.reportsRefusals = options.reportsRefusals ?? true;
    this.dontFragment = options.dontFragment ?? false;
    for (const port of options.ports) this.plugIn(port);
    const udp = new SimUdp(this, world, new HostPorts<SimUdpSocket>(this.random.fork('udp')));
    this.lookup = { lookup: (host, { signal }) => this.#lookup(names, host, signal) };
    const streams = new SimStreams(this, world, this.random.fork('streams'));
    this.#sockets = { udp, streams };
    this.udp = udp;
    this.streams = streams;
    this.interfaces = { list: () => this.#interfaces() };
  }

  get clock(): Clock {
    return this.#world.clock;
  }

  /** Sockets, listeners and streams that are open: 0 when everything was closed. */
  get openSockets(): number {
    return this.#sockets.udp.size + this.#sockets.streams.size;
  }

  /** Adds a cable; returns the name of its interface. */
  plugIn(port: HostPort): string {
    const name = port.interface ?? `eth${this.#ports.size}`;
    const attachment = port.on.attach(this, port.link ?? {});
    attachment.setAddresses(port.addresses.map(planAddress));
    this.#ports.set(name, attachment);
    return name;
  }

  /** The cable of an interface: change its shape, or pull it. */
  link(name = 'eth0'): Link {
    return this.#port(name).link;
  }

  /** Replaces the addresses of an interface, as a new network does. */
  setAddresses(addresses: readonly string[], name = 'eth0'): void {
    this.#port(name).setAddresses(addresses.map(planAddress));
  }

  /** The next calls at a place fail with this code. `EAGAIN` of `udp.send` is a full send queue. */
  fail(point: FaultPoint, code: string, times = 1): void {
    this.faults.plan(point, code, times);
  }

  /** The first address of a family. */
  address(family: 4 | 6 = 4): string {
    const found = this.#planned().find((planned) => planned.family === family);
    if (found === undefined) throw socketError('EADDRNOTAVAIL', `${this.name} has no IPv${family} address`);
    return found.address;
  }

  owns(address: string): boolean {
    for (const own of LOOPBACK) if (own.address === address) return true;
    for (const port of this.#ports.values()) if (port.has(address)) return true;
    return false;
  }

  /** The own address that speaks to this one; undefined without a way. */
  sourceFor(address: string): string | undefined {
    if (this.owns(address)) return address;
    const any = { address: familyOf(address) === 4 ? '0.0.0.0' : '::', port: 0 };
    const via = this.#towards(any, address);
    return via && sourceOn(via, address);
  }

  /** Sends a packet on its way; a code when the host itself cannot. */
  output(packet: SimPacket): string | undefined {
    const target = packet.destination.address;
    if (this.owns(target)) return this.#loop(from(packet, () => target));
    const via = this.#towards(packet.source, target);
    if (via === undefined) return isAny(packet.source.address) || this.owns(packet.source.address) ? 'ENETUNREACH' : 'EADDRNOTAVAIL';
    if (packet.dontFragment && sizeOf(packet) > via.link.up.shape.mtu) return 'EMSGSIZE';
    const ready = from(packet, () => sourceOn(via, target));
    if (!this.firewall.outbound(this.#world.clock.now(), ready)) return void this.#world.drop(this.name, 'firewall', ready);
    this.#world.note(this.name, 'sends', ready);
    via.send(ready);
    return undefined;
  }

  receive(packet: SimPacket): void {
    if (!this.owns(packet.destination.address)) return this.#world.drop(this.name, 'not-mine', packet);
    if (!this.firewall.inbound(this.#world.clock.now(), packet)) return this.#world.drop(this.name, 'firewall', packet);
    this.#world.note(this.name, 'receives', packet);
    if (packet.protocol === 'udp') this.#sockets.udp.receive(packet);
    else this.#sockets.streams.receive(packet);
  }

  /** Answers a datagram for a closed port. */
  refuse(packet: SimPacket): void {
    this.#world.drop(this.name, 'closed-port', packet);
    if (this.refuses) this.output(answerTo(packet, 'refused'));
  }

  #loop(packet: SimPacket): undefined {
    this.#world.clock.at(this.#world.clock.now(), () => this.receive(packet));
  }

  /** The interface that has the source address; without one, the closest prefix, then the first that reaches it. */
  #towards(source: SimPacket['source'], destination: string): Attachment | undefined {
    if (!isAny(source.address)) {
      for (const port of this.#ports.values()) if (port.has(source.address) && port.reaches(destination)) return port;
      return undefined;
    }
    const able = [...this.#ports.values()].filter((port) => port.reaches(destination));
    return able.find((port) => port.addresses.some(({ prefix }) => covers(prefix, destination))) ?? able[0];
  }

  #port(name: string): Attachment {
    const port = this.#ports.get(name);
    if (port === undefined)
      throw socketError('ENODEV', `${this.name} has no interface ${name}; it has ${[...this.#ports.keys()].join(', ')}`);
    return port;
  }

  #planned(): PlannedAddress[] {
    return [...this.#ports.values()].flatMap((port) => port.addresses);
  }

  #interfaces(): NetworkInterface[] {
    const up = [...this.#ports].filter(([, port]) => port.link.up.plugged);
    const real = up.flatMap(([name, port]) =>
      port.addresses
        .filter(({ family }) => this.families.has(family))
        .map(({ address, prefixLength }) => ({ name, address, prefixLength, loopback: false })),
    );
    return [...LOOPBACK.filter(({ address }) => this.families.has(familyOf(address))), ...real];
  }

  async #lookup(names: HostLookup, host: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
    signal?.throwIfAborted();
    this.faults.throwIfPlanned('lookup');
    const literal = canonicalAddress(host);
    const found = literal === undefined ? await names.lookup(host, {}) : [literal];
    const usable = found.filter((address) => this.families.has(familyOf(address)));
    if (usable.length === 0) throw socketError('ENOTFOUND', `no address is known for ${host}`);
    return usable;
  }
}

/** The packet with a source address: its own, or this one. */
function from(packet: SimPacket, address: () => string): SimPacket {
  const { source } = packet;
  return isAny(source.address) ? { ...packet, source: { address: address(), port: source.port } } : packet;
}

/** The own address nearest to the destination. */
function sourceOn(via: Attachment, destination: string): string {
  const fitting = via.addresses.filter(({ family }) => family === familyOf(destination));
  return (fitting.find(({ prefix }) => covers(prefix, destination)) ?? fitting[0])!.address;
}
