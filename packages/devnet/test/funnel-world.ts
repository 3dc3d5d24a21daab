import { createNode, definePlugin, type Flow, type HeddleNode, type Peer, type Plugin, provide, Tokens } from '@heddle/core';
import { type FunnelOptions, funnel, type IngressTarget, TLS_CERTIFICATES, VISITORS, Visitors } from '@heddle/funnel';
import { netstack } from '@heddle/stack-netstack';
import { MemoryControl, MemoryNetwork, memory, memoryControl, type SimHost, SimNetwork, simHost, VirtualClock } from '@heddle/testing';
import { BehaviorSubject } from 'rxjs';
import type { IngressLimits } from '../src/ingress/ingress-limits.js';
import { ingressPlugin } from '../src/ingress/ingress-plugin.js';

const INGRESS = 'https://tailscale.com/cap/ingress';
const PORTS = 'https://tailscale.com/cap/funnel-ports?ports=443';
const WEB = { name: 'web.ts.net', address: '100.64.0.1' };
const RELAY = { name: 'ingress.ts.net', address: '100.64.0.2' };
const PUBLIC = '198.51.100.2';

/** What a test may want to be otherwise. */
export interface WorldOptions {
  readonly limits?: Partial<IngressLimits>;
  readonly funnel?: FunnelOptions;
  /** Control gives the capabilities. Default: true. */
  readonly allowed?: boolean;
}

/** A served node, the ingress relay of its tailnet, and a home of visitors, all in memory. */
export class FunnelWorld {
  readonly clock: VirtualClock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  /** Where visitors were let in, and from where. */
  readonly entered: string[] = [];
  readonly webControl: MemoryControl = new MemoryControl();
  readonly relayControl: MemoryControl = new MemoryControl();
  readonly web: HeddleNode;
  readonly relay: HeddleNode;
  readonly #home: SimHost;
  readonly #allowed: boolean;
  readonly #visits: Visit[] = [];

  constructor({ limits = {}, funnel: options = {}, allowed = true }: WorldOptions = {}) {
    const internet = new SimNetwork({ seed: 1, clock: this.clock });
    const host = (name: string, address: string): SimHost =>
      internet.host(name, { ports: [{ on: internet.internet, addresses: [address], link: { delay: 5 } }] });
    const network = new MemoryNetwork({ delay: 5 });
    this.#allowed = allowed;
    this.#home = host('home', '198.51.100.9');
    const node = (name: string, at: SimHost, control: MemoryControl, ...more: readonly Plugin[]): HeddleNode =>
      createNode({ hostname: name, poison: true }, [simHost(at), memoryControl(control), memory({ network, name }), netstack(), ...more]);
    this.web = node('web', host('web', '198.51.100.1'), this.webControl, this.#door(), funnel(options));
    const listen = [{ address: PUBLIC, port: 443 }];
    const machine = () => Promise.reject(new Error('the host has sockets of its own'));
    this.relay = node('relay', host('relay', PUBLIC), this.relayControl, ingressPlugin({ listen, limits }, machine));
  }

  async start(): Promise<this> {
    await this.clock.settle(Promise.all([this.web.start(), this.relay.start()]));
    this.tell();
    await this.clock.advanceAsync(1);
    this.tell();
    await this.clock.advanceAsync(1);
    return this;
  }

  /** Both controls say what there is, with what the served node has published. */
  tell(): void {
    const services = this.webControl.published.findLast((update) => update.services !== undefined)?.services ?? [];
    const [web, relay] = [this.#peer(this.web, 'web', WEB), this.#peer(this.relay, 'relay', RELAY)];
    const own = new Map(this.#allowed ? [['funnel', []] as const, [PORTS, []] as const] : []);
    const capabilities = new Map([[INGRESS, []]]);
    const grants = this.#allowed ? [{ destinations: [WEB.address], capabilities }] : [];
    this.webControl.set({
      self: { name: WEB.name, addresses: [`${WEB.address}/32`], node: { ...web, capabilities: own } },
      peers: [relay],
      filter: { rules: [{ sources: [RELAY.address], destinations: [], grants }] },
    });
    this.relayControl.set({
      self: { name: RELAY.name, addresses: [`${RELAY.address}/32`] },
      peers: [{ ...web, services }],
      filter: { rules: [] },
      names: {
        magic: true,
        suffix: 'ts.net',
        search: [],
        resolvers: [],
        fallbackResolvers: [],
        routes: new Map(),
        records: [],
        certificateDomains: [],
      },
    });
  }

  /** A visitor from the internet. */
  async visit(): Promise<Visit> {
    const visit = new Visit(await this.clock.settle(this.#home.streams.connect({ host: PUBLIC, port: 443 }, {})));
    this.#visits.push(visit);
    return visit;
  }

  async close(): Promise<void> {
    await this.clock.settle(Promise.all([this.web.close(), this.relay.close()]));
    for (const visit of this.#visits) visit.leave();
    // Ends of connections are remembered by the simulated hosts for a while.
    await this.clock.advanceAsync(120_000);
  }

  #peer(node: HeddleNode, id: string, { name, address }: typeof WEB): Peer {
    const nodeKey = node.get(Tokens.Identity).nodeKey!.publicKey;
    return { id, name, nodeKey, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`mem:${id}`] };
  }

  /** Echoes what visitors send, where the name is that of the node. */
  #door(): Plugin {
    const door = {
      ingress$: new BehaviorSubject('on' as const),
      isOpenFor: ({ host, port }: IngressTarget) => host === WEB.name && port === 443,
      enter: ({ host, port }: IngressTarget, flow: Flow) => {
        this.entered.push(`${flow.remote.address} -> ${host}:${port}`);
        echo(flow);
      },
    };
    return definePlugin({ name: 'door', offers: [VISITORS, TLS_CERTIFICATES], provides: [provide(Visitors, [], () => door)] });
  }
}

function echo(flow: Flow): void {
  const bytes = new Uint8Array(4_096);
  const turn = (): void => {
    for (;;) {
      const count = flow.read(bytes);
      if (count < 0) return flow.close();
      if (count === 0) return;
      flow.write(bytes.subarray(0, count));
    }
  };
  flow.on({ readable: turn });
  turn();
}

/** The visitor's end of a connection. */
export class Visit {
  readonly #flow: Flow;
  readonly #bytes = new Uint8Array(4_096);
  heard: number[] = [];
  /** How it ended; undefined: it has not. */
  end: 'finished' | 'cut' | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
    flow.on({ readable: () => this.#read(), closed: (error) => this.#closed(error === undefined ? 'finished' : 'cut') });
    this.#read();
  }

  say(bytes: Uint8Array | string): void {
    this.#flow.write(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  }

  finish(): void {
    this.#flow.shutdown();
  }

  leave(): void {
    this.#flow.reset();
  }

  get text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.heard));
  }

  #closed(end: 'finished' | 'cut'): void {
    this.end ??= end;
  }

  #read(): void {
    for (;;) {
      const count = this.#flow.read(this.#bytes);
      if (count < 0) this.end ??= 'finished';
      if (count <= 0) return;
      this.heard.push(...this.#bytes.subarray(0, count));
    }
  }
}
