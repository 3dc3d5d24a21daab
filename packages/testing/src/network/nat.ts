import { planAddress } from './address-plan.js';
import { Firewall, type FirewallRules } from './firewall.js';
import type { Attachment, Lan, Station } from './lan.js';
import type { LinkShape } from './link.js';
import { type NatRules, NatTable } from './nat-table.js';
import type { SimPacket } from './sim-packet.js';
import type { SimWorld } from './sim-world.js';

export interface NatOptions extends NatRules {
  readonly inside: Lan;
  readonly outside: Lan;
  /** Its address inside, `192.168.1.1/24`; the gateway of that LAN. */
  readonly insideAddress: string;
  readonly outsideAddress: string;
  readonly firewall?: FirewallRules;
  /** The cable to the outside, and the one to the inside. */
  readonly uplink?: Partial<LinkShape>;
  readonly downlink?: Partial<LinkShape>;
}

/** A home router: many hosts behind one IPv4 address. */
export class SimNat implements Station {
  readonly name: string;
  readonly inside: Attachment;
  readonly outside: Attachment;
  readonly firewall: Firewall;
  readonly #world: SimWorld;
  readonly #table: NatTable;
  #upAt = 0;

  constructor(world: SimWorld, name: string, options: NatOptions) {
    this.name = name;
    this.#world = world;
    this.#table = new NatTable(options, world.random.fork(`nat ${name}`));
    this.firewall = new Firewall({ inbound: 'all', ...options.firewall });
    this.inside = options.inside.attach(this, options.downlink ?? {});
    this.outside = options.outside.attach(this, options.uplink ?? {});
    this.inside.setAddresses([planAddress(options.insideAddress)]);
    this.outside.setAddresses([planAddress(options.outsideAddress)]);
    options.inside.gateway(4, this.inside);
  }

  /** The outer address. */
  get address(): string {
    return this.outside.addresses[0]!.address;
  }

  /** Mappings in use. */
  get mappings(): number {
    return this.#table.size;
  }

  /** Loses all mappings; drops everything for this many milliseconds. */
  reboot(downFor = 0): void {
    this.#table.reset();
    this.firewall.reset();
    this.#upAt = this.#world.clock.now() + downFor;
  }

  /** Gets another outer address; mappings are lost. */
  renumber(address: string): void {
    this.#table.reset();
    this.outside.setAddresses([planAddress(address)]);
  }

  receive(packet: SimPacket, via: Attachment): void {
    if (this.#world.clock.now() < this.#upAt) return this.#world.drop(this.name, 'rebooting', packet);
    if (packet.source.address.includes(':')) return this.#world.drop(this.name, 'no-ipv6', packet);
    if (via === this.outside) this.#enter(packet);
    else if (packet.destination.address === this.address) this.#hairpin(packet);
    else this.#leave(packet);
  }

  #leave(packet: SimPacket): void {
    const out = this.#translateOut(packet);
    if (out !== undefined) this.outside.send(out);
  }

  #enter(packet: SimPacket): void {
    const now = this.#world.clock.now();
    const inner = packet.destination.address === this.address ? this.#table.inbound(now, packet) : undefined;
    if (inner === undefined) return this.#world.drop(this.name, 'nat-filter', packet);
    if (!this.firewall.inbound(now, inner)) return this.#world.drop(this.name, 'firewall', packet);
    this.#world.note(this.name, 'maps-in', inner);
    this.inside.send(inner);
  }

  /** Out and in again without leaving the house. */
  #hairpin(packet: SimPacket): void {
    if (!this.#table.hairpin) return this.#world.drop(this.name, 'no-hairpin', packet);
    const out = this.#translateOut(packet);
    if (out !== undefined) this.#enter(out);
  }

  #translateOut(packet: SimPacket): SimPacket | undefined {
    const now = this.#world.clock.now();
    if (!this.firewall.outbound(now, packet)) return void this.#world.drop(this.name, 'firewall', packet);
    const out = this.#table.outbound(now, packet, this.address);
    if (out === undefined) return void this.#world.drop(this.name, 'nat-full', packet);
    this.#world.note(this.name, 'maps-out', out);
    return out;
  }
}
