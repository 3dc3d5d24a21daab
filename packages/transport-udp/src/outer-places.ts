import type { HostLookup, LocalEndpoint, PartContext, RelayMap } from '@heddle/core';
import type { Gateways } from './gateways.js';
import type { NetcheckDesk } from './netcheck.js';
import type { OpenUdp, UdpParts } from './open-udp.js';
import { PortDriver } from './port-driver.js';
import { type MappedPlaces, NO_PLACES } from './pure/mapped-places.js';
import type { NetcheckReport } from './pure/netcheck-report.js';
import type { Place } from './pure/stun-round.js';
import { StunDriver } from './stun-driver.js';

export interface OuterParts extends UdpParts {
  readonly desk: NetcheckDesk;
  readonly lookup: HostLookup | undefined;
  /** Undefined: no port mapping. */
  readonly gateways: Gateways | undefined;
}

export interface KnownPlace {
  readonly kind: LocalEndpoint['kind'];
  readonly place: Place;
}

/** Where others reach these sockets from beyond a NAT: what STUN servers see, and what the gateway gave. */
export class OuterPlaces {
  readonly #parts: OuterParts;
  readonly #stun: StunDriver;
  readonly #ports: PortDriver | undefined;
  readonly #changed: () => void;
  #seen: MappedPlaces = NO_PLACES;
  #mapped: Place | undefined;
  #varies = false;
  #relays: RelayMap | undefined;
  #port = 0;

  constructor(parts: OuterParts, context: PartContext, open: OpenUdp, changed: () => void) {
    const { desk, lookup, gateways } = parts;
    this.#parts = parts;
    this.#changed = changed;
    this.#stun = new StunDriver({
      context,
      lookup,
      counts: open.counts,
      send: (to, bytes) => open.sendOne(to, bytes),
      places: (places) => this.#see(places),
      report: (report, ended) => this.#report(report, ended),
    });
    this.#ports = gateways && this.#makePorts(gateways, context);
    desk.opened(() => this.#stun.check());
    if (parts.options.relays !== undefined) this.setRelays(parts.options.relays);
  }

  /** True when the next datagram must be told by `wake`. */
  get asleep(): boolean {
    return this.#stun.asleep;
  }

  wake(): void {
    this.#stun.wake();
  }

  /** True while the gateway lends us a port. */
  get isMapped(): boolean {
    return this.#mapped !== undefined;
  }

  /** True while a NAT gives each place that we write to another port of ours. */
  get varies(): boolean {
    return this.#varies;
  }

  /** Best first. */
  places(): readonly KnownPlace[] {
    const { v4, v6 } = this.#seen;
    const asked = this.#parts.options.port ?? 0;
    // A NAT that varies tells nobody a port that works, but whoever fixed a port may have forwarded it by hand.
    const guess = v4 !== undefined && this.#varies && asked !== 0 ? { address: v4.seen.address, port: asked } : undefined;
    return [known('mapped', this.#mapped), known('stun', v4?.seen), known('stun', v6?.seen), known('stun', guess)].flat();
  }

  setRelays(relays: RelayMap): void {
    this.#relays = relays;
    this.#stun.setRelays(relays);
    this.#setPort();
  }

  /** Sockets are open on this port, perhaps on another network. */
  opened(port: number, families: ReadonlySet<4 | 6>): void {
    this.#port = port;
    this.#stun.setSockets(families);
    this.#setPort();
  }

  received(bytes: Uint8Array): void {
    this.#stun.received(bytes);
  }

  /** The host says that the network may be another one. */
  poke(): void {
    if (this.#relays !== undefined) this.#stun.check();
    this.#setPort();
  }

  async stop(): Promise<void> {
    this.#parts.desk.closed();
    this.#stun.stop();
    await this.#ports?.stop();
  }

  /** A plain WireGuard node has neither relays nor anybody to tell the mapped port to. */
  #setPort(): void {
    const { portMapping, addresses } = this.#parts.options;
    const bound = addresses?.v4 !== undefined && addresses.v4 !== '0.0.0.0';
    const wanted = portMapping ?? (this.#relays !== undefined && !bound);
    if (wanted && this.#port !== 0) this.#ports?.setPort(this.#port);
  }

  #makePorts(gateways: Gateways, context: PartContext): PortDriver {
    const { sockets, interfaces } = this.#parts;
    return new PortDriver({
      context,
      sockets,
      interfaces,
      gateways,
      mapped: (place) => {
        this.#mapped = place;
        this.#changed();
      },
      report: (report) => this.#stun.setPortMapping(report),
    });
  }

  #report(report: NetcheckReport, ended: boolean): void {
    const varies = report.mappingVaries === true;
    const changed = varies !== this.#varies;
    this.#varies = varies;
    if (changed) this.#changed();
    this.#parts.desk.publish(report, ended);
  }

  #see(places: MappedPlaces): void {
    this.#seen = places;
    this.#changed();
  }
}

function known(kind: LocalEndpoint['kind'], place: Place | undefined): readonly KnownPlace[] {
  return place === undefined ? [] : [{ kind, place }];
}
