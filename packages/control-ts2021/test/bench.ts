import type { ControlState, Health, Identity, KeyPairBytes, LocalEndpoint, Logger, NetmapChange, StateStore } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { SeededRandom, VirtualClock } from '@heddle/testing';
import { BehaviorSubject } from 'rxjs';
import type { AuthKeySource } from '../src/control/registrar.js';
import { Ts2021Control } from '../src/control/ts2021-control.js';
import { parseControlUrl } from '../src/dial/control-url.js';
import type { Condition } from '../src/health/health-board.js';
import { MemoryServer } from './memory-server.js';

export const crypto = chooseCrypto();
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** State that outlives a control. */
export function memoryState(lasting = true): StateStore & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    lasting,
    open: async () => {},
    get: (key) => values.get(key),
    set: async (key, value) => void (value === undefined ? values.delete(key) : values.set(key, value)),
    close: async () => {},
  };
}

const pair = (privateKey: Uint8Array): KeyPairBytes => ({ privateKey, publicKey: crypto.x25519.load(privateKey).publicKey });

/** Core's identity service over keys that are given. */
export function testIdentity(seed = 'identity'): Identity {
  const random = new SeededRandom(seed);
  const fresh = (): KeyPairBytes => {
    const key = new Uint8Array(32);
    random.fill(key);
    return pair(key);
  };
  const node$ = new BehaviorSubject<KeyPairBytes | undefined>(fresh());
  return {
    machineKey: fresh(),
    discoKey: fresh(),
    nodeKey$: node$,
    stamps: { last: 0, used() {} },
    get nodeKey() {
      return node$.value;
    },
    async rotateNodeKey(prepared) {
      const next = prepared === undefined ? fresh() : pair(prepared);
      node$.next(next);
      return next;
    },
    adoptNodeKey: (key) => node$.next(key && pair(key)),
  };
}

export interface BenchOptions {
  readonly authKey?: string;
  readonly ephemeral?: boolean;
  readonly store?: ReturnType<typeof memoryState>;
  readonly identity?: Identity;
  readonly server?: MemoryServer;
  readonly clock?: VirtualClock;
  readonly log?: Logger;
}

/** One control before a server in memory, on a virtual clock. */
export class Bench {
  readonly clock: VirtualClock;
  readonly server: MemoryServer;
  readonly store: ReturnType<typeof memoryState>;
  readonly identity: Identity;
  readonly control: Ts2021Control;
  readonly states: ControlState[] = [];
  readonly changes: NetmapChange[] = [];
  conditions: readonly Condition[] = [];
  health: Health | undefined;
  readonly #log: Logger;

  constructor(options: BenchOptions = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.server = options.server ?? new MemoryServer(this.clock);
    this.store = options.store ?? memoryState();
    this.identity = options.identity ?? testIdentity();
    this.#log = options.log ?? silent;
    const { authKey } = options;
    const source: AuthKeySource = authKey === undefined ? undefined : async () => authKey;
    this.control = new Ts2021Control({
      url: parseControlUrl('http://control.example.com:8080')!,
      version: 119,
      facts: { hostname: 'one', os: 'linux', tags: [] },
      authKey: source,
      ephemeral: options.ephemeral ?? false,
      cache: true,
      serverKey: undefined,
      identity: this.identity,
      store: this.store,
      crypto,
      transport: (_context, goesTo) => this.server.transport(goesTo),
    });
    this.control.state$.subscribe((state) => this.states.push(state));
    this.control.netmap$.subscribe((change) => this.changes.push(change));
    this.control.health$.subscribe((health) => (this.health = health));
    this.control.conditions$.subscribe((conditions) => (this.conditions = conditions));
  }

  get state(): ControlState {
    return this.states.at(-1)!;
  }

  get codes(): string[] {
    return this.conditions.map(({ code }) => code);
  }

  get nodeKey(): string {
    return `nodekey:${Buffer.from(this.identity.nodeKey!.publicKey).toString('hex')}`;
  }

  /** Their names in order. */
  get peers(): string[] {
    return [...(this.changes.at(-1)?.map.peers ?? [])].map(({ name }) => name).toSorted();
  }

  async open(): Promise<void> {
    await this.control.open({ clock: this.clock, random: new SeededRandom('bench'), log: this.#log }, new AbortController().signal);
    await this.pass(0);
  }

  /** Time passes, with everything that it causes. */
  pass(milliseconds: number): Promise<void> {
    return this.clock.advanceAsync(milliseconds);
  }

  async close(): Promise<void> {
    await this.clock.settle(this.control.close());
  }
}

export const endpoint = (address: string, port: number, kind: LocalEndpoint['kind'] = 'local'): LocalEndpoint => ({
  remote: { scheme: 'udp', text: `udp:${address}:${port}`, id: new Uint8Array(1), limitKey: address, ip: { address, port } },
  kind,
});
