import type { HostLookup, PartContext, RelayMap } from '@heddle/core';
import type { MappedPlaces } from './pure/mapped-places.js';
import type { NetcheckReport, PortMappingReport } from './pure/netcheck-report.js';
import { type Counts, type StunAction, StunChecker } from './pure/stun-checker.js';
import type { Place } from './pure/stun-round.js';
import { type StunServer, type StunTarget, stunServers } from './pure/stun-servers.js';

/** Names that could not be looked up are tried again after this. */
const LOOK_UP_AGAIN = 10_000;

export interface StunDriverOptions {
  readonly context: PartContext;
  /** Without one, servers that are known by name only are not asked. */
  readonly lookup: HostLookup | undefined;
  readonly counts: Counts;
  send(to: Place, bytes: Uint8Array): void;
  places(places: MappedPlaces): void;
  /** `ended`: a round is over. */
  report(report: NetcheckReport, ended: boolean): void;
}

/** Time, names and sockets for the checker. */
export class StunDriver {
  readonly #options: StunDriverOptions;
  readonly #checker: StunChecker;
  readonly #stopping = new AbortController();
  #relays: RelayMap | undefined;
  #cancelTick = (): void => {};
  #cancelLookup = (): void => {};

  constructor(options: StunDriverOptions) {
    this.#options = options;
    this.#checker = new StunChecker((bytes) => options.context.random.fill(bytes));
  }

  get asleep(): boolean {
    return this.#checker.asleep;
  }

  setRelays(relays: RelayMap | undefined): void {
    if (relays === this.#relays) return;
    this.#relays = relays;
    this.#findServers();
  }

  setSockets(families: ReadonlySet<4 | 6>): void {
    this.#checker.setSockets(this.#now(), families);
    this.#drive([]);
  }

  setPortMapping(report: PortMappingReport): void {
    this.#drive(this.#checker.setPortMapping(this.#now(), report), false);
  }

  received(bytes: Uint8Array): void {
    this.#drive(this.#checker.received(this.#now(), bytes));
  }

  /** A datagram goes out after a time without any. */
  wake(): void {
    this.#checker.wake(this.#now());
    this.#drive([]);
  }

  /** A full round, soon. */
  check(): void {
    this.#checker.refresh(this.#now());
    this.#drive([]);
  }

  stop(): void {
    this.#stopping.abort();
    this.#cancelTick();
    this.#cancelLookup();
  }

  #now(): number {
    return this.#options.context.clock.now();
  }

  #tick(): void {
    this.#drive(this.#checker.tick(this.#now(), this.#options.counts));
  }

  #drive(actions: readonly StunAction[], ended = true): void {
    if (this.#stopping.signal.aborted) return;
    for (const action of actions) {
      if (action.type === 'send') this.#options.send(action.to, action.bytes);
      else if (action.type === 'places') this.#options.places(action.places);
      else this.#options.report(action.report, ended);
    }
    this.#cancelTick();
    const next = this.#checker.nextDeadline();
    this.#cancelTick = next === Infinity ? () => {} : this.#options.context.clock.at(next, () => this.#tick());
  }

  /** Those with an address can be asked at once; the names follow. */
  #findServers(): void {
    this.#cancelLookup();
    const servers = stunServers(this.#relays);
    const known = servers.filter(({ named }) => !named);
    const named = this.#options.lookup === undefined ? [] : servers.filter((server) => server.named);
    this.#use(known);
    if (named.length > 0) void this.#lookUp(this.#relays, servers, named);
  }

  async #lookUp(relays: RelayMap | undefined, servers: readonly StunServer[], named: readonly StunServer[]): Promise<void> {
    const { signal } = this.#stopping;
    const hosts = [...new Set(named.map(({ host }) => host))];
    const found = new Map(await Promise.all(hosts.map(async (host) => [host, await this.#addresses(host, signal)] as const)));
    if (signal.aborted || relays !== this.#relays) return;
    const targets = servers.flatMap((server) => (server.named ? withAddress(server, found.get(server.host) ?? []) : [server]));
    if (targets.length > servers.length - named.length) this.#use(targets);
    if (![...found.values()].some((addresses) => addresses.length === 0)) return;
    const { clock } = this.#options.context;
    this.#cancelLookup = clock.at(clock.now() + LOOK_UP_AGAIN, () => this.#findServers());
  }

  async #addresses(host: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return (await this.#options.lookup?.lookup(host, { signal })) ?? [];
    } catch {
      return [];
    }
  }

  #use(servers: readonly StunServer[]): void {
    const targets: StunTarget[] = servers.map(({ region, family, host, port }) => ({ region, family, address: host, port }));
    this.#drive(this.#checker.setServers(this.#now(), targets));
  }
}

/** The first address of the server's family. */
function withAddress(server: StunServer, addresses: readonly string[]): readonly StunServer[] {
  const address = addresses.find((each) => each.includes(':') === (server.family === 6));
  return address === undefined ? [] : [{ ...server, host: address }];
}
