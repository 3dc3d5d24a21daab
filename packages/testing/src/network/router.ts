import { covers, planAddress } from './address-plan.js';
import { Firewall, type FirewallRules } from './firewall.js';
import type { Attachment, Lan, Station } from './lan.js';
import type { LinkShape } from './link.js';
import type { SimPacket } from './sim-packet.js';
import type { SimWorld } from './sim-world.js';

export interface RouterPort {
  readonly on: Lan;
  /** Its addresses there; their prefixes are routed to it from its other LANs. */
  readonly addresses: readonly string[];
  readonly link?: Partial<LinkShape>;
}

export interface RouterOptions {
  readonly ports: readonly RouterPort[];
  /** Guards the LANs of all ports but the last, which is the outside. */
  readonly firewall?: FirewallRules;
}

const MOST_HOPS = 32;

/** Forwards between LANs without translation; IPv4 and IPv6. */
export class SimRouter implements Station {
  readonly name: string;
  readonly ports: readonly Attachment[];
  readonly firewall: Firewall;
  readonly #world: SimWorld;

  constructor(world: SimWorld, name: string, options: RouterOptions) {
    this.name = name;
    this.#world = world;
    this.firewall = new Firewall({ inbound: 'all', ...options.firewall });
    this.ports = options.ports.map((port) => this.#attach(port));
    for (const port of this.ports) for (const other of this.ports) if (other !== port) this.#announce(other, port);
  }

  receive(packet: SimPacket, via: Attachment): void {
    const to = this.#towards(packet.destination.address, via);
    if (to === undefined) return this.#world.drop(this.name, 'no-route', packet);
    if (packet.hops >= MOST_HOPS) return this.#world.drop(this.name, 'too-many-hops', packet);
    if (!this.#passes(packet, via, to)) return this.#world.drop(this.name, 'firewall', packet);
    to.send({ ...packet, hops: packet.hops + 1 });
  }

  #attach(port: RouterPort): Attachment {
    const attachment = port.on.attach(this, port.link ?? {});
    attachment.setAddresses(port.addresses.map(planAddress));
    for (const { family } of attachment.addresses) port.on.gateway(family, attachment);
    return attachment;
  }

  /** The prefixes of one LAN become routes in another. */
  #announce(from: Attachment, at: Attachment): void {
    for (const { prefix } of from.addresses) at.lan.route(prefix, at);
  }

  #towards(address: string, via: Attachment): Attachment | undefined {
    const others = this.ports.filter((port) => port !== via);
    const near = others.find((port) => port.addresses.some(({ prefix }) => covers(prefix, address)));
    return near ?? others.find((port) => port.reaches(address));
  }

  #passes(packet: SimPacket, via: Attachment, to: Attachment): boolean {
    const outside = this.ports.at(-1);
    const now = this.#world.clock.now();
    if (to === outside) return this.firewall.outbound(now, packet);
    return via === outside ? this.firewall.inbound(now, packet) : true;
  }
}
