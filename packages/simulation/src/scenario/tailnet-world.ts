import type { Peer, Plugin, RelayMap } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { disco } from '@heddle/path-disco';
import { EventLog, SimNetwork, VirtualClock } from '@heddle/testing';
import { Flow } from './flow.js';
import { Home } from './home.js';
import { Member } from './member.js';
import { RelayPlace } from './relay-place.js';
import type { Disturbance, Scenario } from './scenario.js';

export interface WorldOptions {
  readonly seed: number | string;
  /** Chooses the paths of each node. Default: `disco()`. */
  readonly selector?: () => Plugin;
}

/** Control tells everybody this long after something was published. */
const TOLD_AFTER = 200;
/** By then all have published where they are, and where their home is. */
const SETTLED_AFTER = 1_000;
const RELAY_DELAY = 10;
const crypto = chooseCrypto();

/** The tailnet of a scenario, of our own packages, on one simulated network and one virtual clock. */
export class TailnetWorld {
  readonly clock: VirtualClock = new VirtualClock({ now: 1_000, turn });
  /** Of packets, of paths and of what was done. */
  readonly log: EventLog = new EventLog({ keep: 1_000_000 });
  readonly members: readonly Member[];
  readonly relays: readonly RelayPlace[];
  readonly net: SimNetwork;
  /** Paths that changed, by `from>to`. */
  readonly switches: Map<string, string[]> = new Map();
  flows: readonly Flow[] = [];
  readonly #told = new Map<string, string>();
  #stopTelling = (): void => {};

  constructor({ nodes, relays = [RELAY_DELAY], fibre }: Scenario, { seed, selector = () => disco() }: WorldOptions) {
    this.net = new SimNetwork({ seed, clock: this.clock, log: this.log });
    this.relays = relays.map((delay, i) => new RelayPlace(this.net, crypto, i + 1, delay));
    const changed = (from: string, to: string, path: string): void => this.#changed(from, to, path);
    const second = fibre === undefined ? undefined : this.net.lan('fibre');
    this.members = Object.entries(nodes).map(
      ([name, plan], i) => new Member(name, i + 1, new Home(this.net, name, i + 1, plan, second), { crypto, selector, changed }),
    );
    if (fibre !== undefined) this.#layFibre(fibre);
  }

  #layFibre(delay: number): void {
    for (const { home } of this.members) home.fibre(delay / 2);
  }

  /** Nodes start, control tells them of each other, and then all talk to all. */
  async start(): Promise<void> {
    await this.clock.settle(Promise.all(this.relays.map((relay) => relay.start())));
    await this.clock.settle(Promise.all(this.members.map((member) => member.start())));
    this.#keepTelling();
    await this.clock.advanceAsync(SETTLED_AFTER);
    const pairs = this.members.flatMap((from) => this.members.filter((to) => to !== from).map((to) => [from, to] as const));
    this.flows = await Promise.all(pairs.map(([from, to]) => Flow.start(from, to, this.clock)));
  }

  /** Does it, and writes so. Silence counts anew. */
  async disturb(what: Disturbance): Promise<void> {
    this.note(JSON.stringify(what));
    for (const flow of this.flows) flow.listen();
    if ('relay' in what) return this.clock.settle(this.#serve(this.relays[what.relay]!, what.do === 'start-relay'));
    if (what.do === 'fibre') return this.#layFibre(what.delay);
    const member = this.#member(what.node);
    if (what.do === 'restart') return this.clock.settle(member.restart());
    member.home.disturb(what);
  }

  /** Ends everything; what is left then is a leak. */
  async close(): Promise<void> {
    this.#stopTelling();
    for (const flow of this.flows) flow.stop();
    await this.clock.settle(Promise.all(this.members.map((member) => member.close())));
    await this.clock.settle(Promise.all(this.relays.map((relay) => relay.stop())));
  }

  /** Sockets that are open on any host. */
  get openSockets(): number {
    const hosts = [...this.members.map(({ home }) => home.host), ...this.relays.map(({ host }) => host)];
    return hosts.reduce((sum, host) => sum + host.openSockets, 0);
  }

  /** What a path is; undefined while there is none. */
  pathKind({ from, to }: Flow): 'direct' | 'relay' | undefined {
    const path = this.#member(from).pathTo(to);
    return path === undefined ? undefined : path.startsWith('udp:') ? 'direct' : 'relay';
  }

  note(what: string): void {
    this.log.add(`${this.clock.now().toFixed(3)} ${what}`);
  }

  #serve(relay: RelayPlace, on: boolean): Promise<void> {
    return on ? relay.start() : relay.stop();
  }

  #member(name: string): Member {
    const member = this.members.find((member) => member.name === name);
    if (member === undefined) throw new Error(`no node of the scenario is called ${name}`);
    return member;
  }

  #changed(from: string, to: string, path: string): void {
    this.note(`${from} reaches ${to} by ${path}`);
    const key = `${from}>${to}`;
    const [text = ''] = path.split(' ');
    const before = this.switches.get(key) ?? [];
    if (before.at(-1) !== text) this.switches.set(key, [...before, text]);
  }

  /** As a control server does, that gathers changes for a moment. */
  #keepTelling(): void {
    const peers = this.members.flatMap((member) => member.describe() ?? []);
    for (const member of this.members)
      this.#tell(
        member,
        peers.filter(({ name }) => name !== member.name),
      );
    this.#stopTelling = this.clock.at(this.clock.now() + TOLD_AFTER, () => this.#keepTelling());
  }

  #tell(member: Member, peers: readonly Peer[]): void {
    const news = [member.lives, ...peers.map(({ discoKey, endpoints, homeRelay }) => `${discoKey} ${endpoints} ${homeRelay}`)].join(';');
    if (this.#told.get(member.name) === news) return;
    this.#told.set(member.name, news);
    const relays: RelayMap = { regions: new Map(this.relays.map(({ region }) => [region.id, region])) };
    member.tell(peers, relays);
  }
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
