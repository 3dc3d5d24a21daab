import { keyHex, node, type Raw, ruleFrom, SELF_ID, WALL } from './map-world.js';

/** A source of numbers below a limit, so that a test may choose them. */
export type Choose = (below: number) => number;

const IDS = 12;
const LISTS = ['base', 'a', 'B', 'z'];
const at = (wall: number): string => new Date(wall).toISOString();

/**
 * A control server that keeps its tailnet as it would write it in a whole frame, and tells each change in one of the forms of a delta.
 * What it keeps is changed by plain rules of its own, so that it can judge a client's.
 */
export class MapServer {
  readonly #choose: Choose;
  readonly #nodes = new Map<number, Raw>();
  readonly #users = new Map<number, Raw>();
  readonly #lists = new Map<string, Raw[]>();
  readonly #scores = new Map<string, number>();
  #regions: Raw = {};
  #self: Raw = node(SELF_ID);
  #dns: Raw = {};
  #domain = '';

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  /** All of it. */
  whole(): Raw {
    return {
      Node: this.#self,
      Peers: [...this.#nodes.values()],
      UserProfiles: [...this.#users.values()],
      PacketFilters: { '*': null, ...Object.fromEntries(this.#lists) },
      DNSConfig: this.#dns,
      DERPMap: { Regions: this.#regions, HomeParams: { RegionScore: Object.fromEntries(this.#scores) } },
      Domain: this.#domain,
    };
  }

  /** A delta after which there is a peer: a whole frame cannot say that there is none. */
  atLeastOne(): Raw {
    if (this.#nodes.size > 0) return {};
    this.#nodes.set(2, node(2));
    return { PeersChanged: [node(2)] };
  }

  /** Changes something, and says so in a frame of one to three deltas. The order in which a client takes them is the protocol's. */
  delta(): Raw {
    const frame: Raw = { ControlTime: at(WALL), Seq: this.#choose(1_000) };
    if (this.#choose(20) === 0) return this.#everybody();
    const parts: readonly (() => Raw)[] = [
      () => this.#remove(),
      () => this.#set(),
      () => this.#seen(),
      () => this.#online(),
      () => this.#patch(),
      () => (this.#choose(4) === 0 ? this.#oldFilter() : this.#filters()),
      () => this.#relays(),
      () => ({ UserProfiles: [this.#user()] }),
      () => this.#names(),
      () => this.#own(),
    ];
    const chosen = [this.#choose(parts.length), this.#choose(parts.length), this.#choose(parts.length)].slice(0, 1 + this.#choose(3));
    for (const i of [...new Set(chosen)].sort((a, b) => a - b)) Object.assign(frame, parts[i]!());
    return frame;
  }

  #id(): number {
    return 2 + this.#choose(IDS);
  }

  /** A node in one of many looks. */
  #look(id: number): Raw {
    const looks: readonly Raw[] = [
      {},
      { Online: false, LastSeen: at(WALL - 1_000) },
      { Tags: ['tag:a'], Endpoints: null },
      { CapMap: { a: [1], b: null }, HomeDERP: 0, DERP: '127.3.3.40:7' },
      { AllowedIPs: ['10.0.0.0/8'], IsJailed: true },
      { KeyExpiry: at(WALL - 1 + this.#choose(2) * 10_000), Online: null },
      { IsWireGuardOnly: true, DiscoKey: null, Name: '' },
    ];
    return node(id, looks[this.#choose(looks.length)]);
  }

  #everybody(): Raw {
    const count = 1 + this.#choose(IDS);
    this.#nodes.clear();
    for (let i = 0; i < count; i++) this.#nodes.set(2 + i, this.#look(2 + i));
    return { Peers: [...this.#nodes.values()], PeersRemoved: [2, 3], PeersChangedPatch: [{ NodeID: 2, Online: null, DERPRegion: 99 }] };
  }

  #remove(): Raw {
    const ids = [this.#id(), this.#id(), 1_000];
    for (const id of ids) this.#nodes.delete(id);
    return { PeersRemoved: ids };
  }

  #set(): Raw {
    const nodes = [this.#look(this.#id()), this.#look(this.#id())];
    for (const one of nodes) this.#nodes.set(Number(one.ID), one);
    return { PeersChanged: nodes };
  }

  #seen(): Raw {
    const [id, yes] = [this.#id(), this.#choose(2) === 0];
    this.#change(id, { LastSeen: yes ? at(WALL) : null });
    return { PeerSeenChange: { [id]: yes, 1000: true } };
  }

  #online(): Raw {
    const [id, yes] = [this.#id(), this.#choose(2) === 0];
    this.#change(id, { Online: yes });
    return { OnlineChange: { [id]: yes, 1000: false } };
  }

  #patch(): Raw {
    const id = this.#id();
    const forms: readonly (readonly [patch: Raw, change: Raw])[] = [
      [{ DERPRegion: 5 }, { HomeDERP: 5, DERP: null }],
      [{ DERPRegion: 0 }, {}],
      [{ Endpoints: ['198.51.100.1:9'] }, { Endpoints: ['198.51.100.1:9'] }],
      [{ Endpoints: [] }, { Endpoints: [] }],
      [{ Key: `nodekey:${keyHex(1, id + 500)}` }, { Key: `nodekey:${keyHex(1, id + 500)}` }],
      [{ DiscoKey: `discokey:${keyHex(2, id + 500)}` }, { DiscoKey: `discokey:${keyHex(2, id + 500)}` }],
      [{ CapMap: {} }, { CapMap: {} }],
      [
        { CapMap: { c: ['x'] }, Online: true },
        { CapMap: { c: ['x'] }, Online: true },
      ],
      [{ KeyExpiry: at(WALL + 9_000) }, { KeyExpiry: at(WALL + 9_000) }],
      [
        { KeyExpiry: '0001-01-01T00:00:00Z', LastSeen: at(WALL - 7) },
        { KeyExpiry: null, LastSeen: at(WALL - 7) },
      ],
    ];
    const [patch, change] = forms[this.#choose(forms.length)]!;
    this.#change(id, change);
    return {
      PeersChangedPatch: [
        { NodeID: id, ...patch },
        { NodeID: 1000, Online: true },
      ],
    };
  }

  #change(id: number, change: Raw): void {
    const known = this.#nodes.get(id);
    if (known !== undefined) this.#nodes.set(id, { ...known, ...change });
  }

  #filters(): Raw {
    const forgets = this.#choose(4) === 0;
    if (forgets) this.#lists.clear();
    const name = LISTS[this.#choose(LISTS.length)]!;
    const list = this.#choose(3) === 0 ? null : [ruleFrom(`10.0.0.${this.#choose(4)}`)];
    if (list === null) this.#lists.delete(name);
    else this.#lists.set(name, list);
    return { PacketFilters: { [name]: list, ...(forgets && { '*': null }) } };
  }

  #oldFilter(): Raw {
    const list = this.#choose(2) === 0 ? [] : [ruleFrom('192.0.2.1')];
    this.#lists.set('base', list);
    return { PacketFilter: list };
  }

  #relays(): Raw {
    const regions =
      this.#choose(3) === 0 ? null : { [1 + this.#choose(3)]: { RegionCode: 'x', Nodes: [{ Name: 'n', HostName: 'a.example' }] }, 9: null };
    const score = [null, {}, { 1: 2, 2: 0.5 }][this.#choose(3)] as Record<string, number> | null;
    if (regions !== null) this.#regions = regions;
    if (score !== null) {
      this.#scores.clear();
      for (const [id, value] of Object.entries(score)) this.#scores.set(id, value);
    }
    return { DERPMap: { Regions: regions, HomeParams: { RegionScore: score } } };
  }

  #user(): Raw {
    const user = { ID: 1 + this.#choose(4), LoginName: `u${this.#choose(3)}`, DisplayName: 'U' };
    this.#users.set(user.ID, user);
    return user;
  }

  #names(): Raw {
    this.#dns = [{ Proxied: true, Domains: ['a.example'] }, { Routes: { 'x.example.': null } }, {}][this.#choose(3)]!;
    this.#domain = `domain-${this.#choose(2)}`;
    return { DNSConfig: this.#dns, Domain: this.#domain };
  }

  #own(): Raw {
    const looks: readonly Raw[] = [
      {},
      { Tags: ['tag:self'] },
      { Addresses: ['100.64.0.3/32'] },
      { KeyExpiry: at(WALL - 1) },
      { Name: 'me.other.example.' },
    ];
    this.#self = node(SELF_ID, looks[this.#choose(looks.length)]);
    return { Node: this.#self };
  }
}
