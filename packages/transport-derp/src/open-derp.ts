import type { Bytes, Identity, PacketBatch, PartContext, RelayMap, Remote } from '@heddle/core';
import type { Crypto, X25519Key } from '@heddle/crypto';
import { Subscription } from 'rxjs';
import type { DerpNumbers } from './counters.js';
import { DerpHealth } from './derp-health.js';
import { isKeyAt, regionOf } from './place.js';
import { Arrivals } from './relay/arrivals.js';
import { HomeKeeper } from './relay/home-keeper.js';
import { RegionLink } from './relay/region-link.js';
import type { RelayStreams } from './relay/relay-streams.js';
import type { Remotes } from './relay/remotes.js';
import { fractions } from './rules/fractions.js';
import { measuredRegions } from './rules/home-choice.js';
import { RelaySession } from './rules/relay-session.js';
import { Visits } from './rules/visits.js';

export interface DerpParts {
  readonly identity: Identity;
  readonly crypto: Crypto;
  readonly streams: RelayStreams;
  readonly remotes: Remotes;
}

export interface DerpEvents {
  readonly deliver: (batch: PacketBatch) => void;
  /** Where this node can be reached from now on. */
  readonly home: (remote: Remote) => void;
  readonly health: DerpHealth['say'];
}

/** An open DERP Bind: a link for each region that is home or in use. */
export class OpenDerp {
  readonly #parts: DerpParts;
  readonly #context: PartContext;
  readonly #events: DerpEvents;
  readonly #health: DerpHealth;
  readonly #home: HomeKeeper;
  readonly #random: () => number;
  readonly #links = new Map<number, RegionLink>();
  readonly #visits = new Visits();
  readonly #keys = new Subscription();
  readonly #counts = { connected: 0, faults: 0 };
  #relays: RelayMap = { regions: new Map() };
  #key: X25519Key | undefined;
  #stopped = false;

  constructor(parts: DerpParts, context: PartContext, events: DerpEvents) {
    this.#parts = parts;
    this.#context = context;
    this.#events = events;
    this.#random = fractions(context.random);
    this.#health = new DerpHealth(context.clock, events.health);
    this.#home = new HomeKeeper({
      clock: context.clock,
      streams: parts.streams,
      random: this.#random,
      link: (region) => this.#link(region),
      moved: () => this.#settled(),
    });
  }

  start(relays: RelayMap | undefined): void {
    this.#keys.add(this.#parts.identity.nodeKey$.subscribe((pair) => this.#useKey(pair?.privateKey)));
    this.use(relays ?? this.#relays);
  }

  /** For who counts. */
  get numbers(): DerpNumbers {
    const links = [...this.#links].map(([region, { isReady, waiting }]) => ({ region, isReady, waiting }));
    return { ...this.#counts, home: this.#home.current, links };
  }

  /** Regions that are as before keep their connection. */
  use(relays: RelayMap): void {
    const before = this.#relays;
    this.#relays = relays;
    for (const [id, link] of this.#links) {
      const region = relays.regions.get(id);
      if (region === undefined) this.#drop(id, link);
      else if (!isSame(region, before.regions.get(id))) link.renew(region);
    }
    this.#health.relays(measuredRegions(relays).length > 0);
    this.#home.use(relays);
  }

  send(to: Remote, batch: PacketBatch): number {
    if (batch.count === 0 || this.#stopped) return 0;
    const link = this.#link(regionOf(to.id));
    return (link?.isReady === false ? this.#detour(to, link) : link)?.send(to.id, batch) ?? 0;
  }

  poke(): void {
    for (const link of this.#links.values()) link.poke();
    this.#home.measure();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#keys.unsubscribe();
    this.#home.stop();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  /** While the way to a peer's home is not open, it is answered where it last spoke from. */
  #detour(to: Remote, home: RegionLink): RegionLink {
    const visited = this.#visits.last(to.id);
    const other = visited && this.#links.get(regionOf(visited.id));
    if (!other?.isReady) return home;
    home.open();
    return other;
  }

  /** Another key is another client to every relay. */
  #useKey(privateKey: Bytes | undefined): void {
    this.#key = privateKey && this.#parts.crypto.x25519.load(privateKey);
    for (const link of this.#links.values()) link.renew(link.region);
    const target = this.#home.target;
    if (target !== undefined) this.#link(target)?.want(true);
  }

  #link(id: number): RegionLink | undefined {
    const known = this.#links.get(id);
    const region = this.#relays.regions.get(id);
    if (known !== undefined || region === undefined || this.#stopped) return known;
    const link = this.#makeLink(id);
    this.#links.set(id, link);
    return link;
  }

  #makeLink(id: number): RegionLink {
    const { clock, log, drop } = this.#context;
    const arrivals = this.#arrivals(id);
    return new RegionLink(this.#relays.regions.get(id)!, {
      clock,
      log,
      streams: this.#parts.streams,
      random: this.#random,
      session: (home) => this.#session(home),
      events: {
        received: (bytes, keyAt, offset, length, behind) => this.#received(arrivals, bytes, keyAt, offset, length, behind),
        settled: () => arrivals.flush(),
        ready: () => {
          this.#counts.connected += 1;
          this.#health.ready(id);
          this.#home.ready(id);
        },
        failed: (fault, down) => {
          this.#counts.faults += 1;
          if (id === this.#home.target) this.#health.failed(id, fault, down);
          this.#home.failed(id, down);
        },
        latency: (milliseconds) => this.#home.latency(id, milliseconds),
        notice: (text) => this.#health.notice(id, text),
        drop,
      },
    });
  }

  #arrivals(region: number): Arrivals {
    const { pool, drop } = this.#context;
    return new Arrivals({
      pool,
      drop,
      deliver: (batch) => this.#deliver(batch),
      remoteOf: (bytes, keyAt) => this.#parts.remotes.ofKeyAt(region, bytes, keyAt),
    });
  }

  #deliver(batch: PacketBatch): void {
    if (batch.remote !== undefined) this.#visits.note(batch.remote);
    this.#events.deliver(batch);
  }

  /** What we sent ourselves is nothing new. */
  #received(arrivals: Arrivals, bytes: Bytes, keyAt: number, offset: number, length: number, behind: number): void {
    if (this.#key !== undefined && isKeyAt(this.#key.publicKey, bytes, keyAt)) return this.#context.drop('relay-own-key', 1);
    arrivals.push(bytes, keyAt, offset, length, behind);
  }

  #session(home: boolean): RelaySession | undefined {
    const { clock, random } = this.#context;
    if (this.#key === undefined) return undefined;
    return new RelaySession({ key: this.#key, nacl: this.#parts.crypto.nacl, random, home }, clock.now());
  }

  #settled(): void {
    const region = this.#home.current;
    if (region === undefined || this.#key === undefined) return;
    this.#health.home(region);
    this.#events.home(this.#parts.remotes.of({ region, key: this.#key.publicKey }));
  }

  #drop(id: number, link: RegionLink): void {
    this.#links.delete(id);
    link.close();
    this.#health.forget(id);
  }
}

/** A map is sent anew for the change of one region. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
