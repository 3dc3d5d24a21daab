import type { Prefix } from '@heddle/wire';
import { covers, type PlannedAddress } from './address-plan.js';
import { Link, type LinkShape } from './link.js';
import { answerTo, familyOf, type SimPacket } from './sim-packet.js';
import type { SimWorld } from './sim-world.js';

/** Something with a cable in a LAN. */
export interface Station {
  readonly name: string;
  receive(packet: SimPacket, via: Attachment): void;
}

export interface LanOptions {
  /** Any address may be there, as on the internet: a packet to an unknown one vanishes. Default: only addresses with an owner or a route. */
  readonly everywhere?: boolean;
}

/** A switch: whoever has an address on it is reached by all others; the rest goes to a route, or to the gateway. */
export class Lan {
  readonly name: string;
  readonly everywhere: boolean;
  readonly #world: SimWorld;
  readonly #owners = new Map<string, Attachment>();
  readonly #routes: { readonly prefix: Prefix; readonly via: Attachment }[] = [];
  readonly #gateways = new Map<4 | 6, Attachment>();

  constructor(world: SimWorld, name: string, options: LanOptions = {}) {
    this.#world = world;
    this.name = name;
    this.everywhere = options.everywhere ?? false;
  }

  attach(station: Station, shape: Partial<LinkShape>): Attachment {
    return new Attachment(this, station, new Link(this.#world, `${station.name}-${this.name}`, shape));
  }

  own(address: string, attachment: Attachment): void {
    this.#owners.set(address, attachment);
  }

  disown(address: string, attachment: Attachment): void {
    if (this.#owners.get(address) === attachment) this.#owners.delete(address);
  }

  /** Packets for this prefix go there. */
  route(prefix: Prefix, via: Attachment): void {
    this.#routes.push({ prefix, via });
    this.#routes.sort((a, b) => b.prefix.bits - a.prefix.bits);
  }

  /** Packets of this family without owner or route go there. The first gateway stays. */
  gateway(family: 4 | 6, via: Attachment): void {
    if (!this.everywhere && !this.#gateways.has(family)) this.#gateways.set(family, via);
  }

  /** Who gets packets for this address. */
  towards(address: string): Attachment | undefined {
    const owner = this.#owners.get(address);
    if (owner !== undefined) return owner;
    return this.#routes.find(({ prefix }) => covers(prefix, address))?.via ?? this.#gateways.get(familyOf(address));
  }

  /** What arrived at the switch goes on to its station. */
  forward(packet: SimPacket, from: Attachment): void {
    const to = this.towards(packet.destination.address);
    if (to === undefined || to === from) return this.#world.drop(this.name, 'no-owner', packet);
    if (to.link.down.tooLarge(packet) && packet.kind === 'data') from.deliver(answerTo(packet, 'too-big'));
    to.link.down.carry(packet, (arrived) => to.station.receive(arrived, to));
  }
}

/** A station's place in a LAN: its cable and its addresses. */
export class Attachment {
  readonly lan: Lan;
  readonly station: Station;
  readonly link: Link;
  #addresses: readonly PlannedAddress[] = [];

  constructor(lan: Lan, station: Station, link: Link) {
    this.lan = lan;
    this.station = station;
    this.link = link;
  }

  get addresses(): readonly PlannedAddress[] {
    return this.#addresses;
  }

  /** True when the address is one of its own. */
  has(address: string): boolean {
    for (const own of this.#addresses) if (own.address === address) return true;
    return false;
  }

  /** Replaces all addresses. */
  setAddresses(addresses: readonly PlannedAddress[]): void {
    for (const { address } of this.#addresses) this.lan.disown(address, this);
    this.#addresses = addresses;
    for (const { address } of addresses) this.lan.own(address, this);
  }

  /** True when something can be sent to this address: the family is configured here and the LAN knows where to. */
  reaches(address: string): boolean {
    const family = familyOf(address);
    if (!this.link.up.plugged || !this.#addresses.some((own) => own.family === family)) return false;
    if (this.lan.everywhere) return true;
    const via = this.lan.towards(address);
    return (via !== undefined && via !== this) || this.#addresses.some((own) => covers(own.prefix, address));
  }

  send(packet: SimPacket): void {
    this.link.up.carry(packet, (arrived) => this.lan.forward(arrived, this), true);
  }

  /** From the switch to the station. */
  deliver(packet: SimPacket): void {
    this.link.down.carry(packet, (arrived) => this.station.receive(arrived, this));
  }
}
