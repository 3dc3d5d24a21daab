import { clearTimeout, setTimeout as sleepTimer } from 'node:timers';
import type { Claim, Clock, Flow, Logger, NetmapChange, NewFlow, StateStore, WhoIs } from '@heddle/core';
import { type NodeFaces, nodeFaces } from '@heddle/core/node';
import { type SimHost, SimNetwork } from '@heddle/testing';
import { BehaviorSubject } from 'rxjs';
import type { CertificateSource } from '../src/certificate-source.js';
import { decodeConfig } from '../src/config/decode-config.js';
import { withOwnName } from '../src/config/own-name.js';
import type { ServeConfig } from '../src/config/serve-config.js';
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from '../src/limits/serve-limits.js';
import { type PortHandlers, servicesOf } from '../src/node/handlers.js';
import { ServeService } from '../src/node/serve-service.js';

export const NODE_NAME = 'web.tail.example';
export const NODE_ADDRESS = '198.51.100.1';
export const VISITOR_ADDRESS = '198.51.100.7';

/** Longer than any test. */
const SOON = 20_000;

/** Real time; what lies far ahead never comes. */
export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at(time, run) {
    if (time - performance.now() > SOON) return () => {};
    const timer = sleepTimer(run, Math.max(0, time - performance.now()));
    return () => clearTimeout(timer);
  },
};

export interface BenchOptions {
  readonly ports?: PortHandlers;
  readonly config?: ServeConfig;
  readonly limits?: Partial<ServeLimits>;
  readonly certificates?: CertificateSource;
  readonly state?: StateStore;
  readonly keep?: boolean;
  readonly funnel?: ReadonlyMap<string, boolean>;
  readonly whois?: (address: string) => WhoIs | undefined;
}

/** A node that serves and a visitor, on a simulated network. Everything is real but the wire between the two. */
export class ServeBench {
  readonly serve: ServeService;
  /** The visitor's sockets. `host` is the node's address or its name. */
  readonly visitor: NodeFaces;
  readonly logged: string[] = [];
  readonly #server: SimHost;
  readonly #listening = new Map<number, Promise<unknown>>();
  #decide: ((flow: NewFlow) => Claim | undefined) | undefined;

  constructor({ ports = {}, config = {}, funnel = new Map(), ...options }: BenchOptions = {}) {
    const network = new SimNetwork({ seed: 6, clock: realClock });
    this.#server = network.host('node', { ports: [{ on: network.internet, addresses: [NODE_ADDRESS] }] });
    const visitor = network.host('visitor', { ports: [{ on: network.internet, addresses: [VISITOR_ADDRESS] }] });
    const decoded = decodeConfig(config);
    const plan = { ports: new Map([...decoded.ports, ...servicesOf(ports)]), funnel: new Map([...decoded.funnel, ...funnel]) };
    this.serve = new ServeService(this.#parts(options), {
      plan: withOwnName(plan, NODE_NAME),
      limits: { ...DEFAULT_SERVE_LIMITS, ...options.limits },
      keep: options.keep ?? false,
    });
    this.visitor = nodeFaces(
      {
        flows: {
          connect: async ({ address, port }, call) => {
            await this.#listen(port);
            return visitor.streams.connect({ host: address, port }, call);
          },
        },
        lookup: () => [NODE_ADDRESS],
      },
      { timers: realClock },
    );
    this.serve.start();
  }

  /** As if the ingress had let a visitor in. */
  async enter(port: number, from: string): Promise<import('node:stream').Duplex> {
    const through = 60_000 + port;
    await this.#server.streams.listen({ address: '0.0.0.0', port: through }, (flow) => {
      const seen = new Proxy(flow, {
        get: (target, name) => {
          if (name === 'remote') return { address: from, port: 4711 };
          if (name === 'local') return { address: NODE_ADDRESS, port };
          const value = Reflect.get(target, name, target) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      this.serve.door.enter({ host: NODE_NAME, port }, seen);
    });
    this.#listening.set(through, Promise.resolve());
    return this.visitor.connect({ host: NODE_ADDRESS, port: through });
  }

  close(): void {
    this.serve.stop();
  }

  #listen(port: number): Promise<unknown> {
    const known = this.#listening.get(port) ?? this.#server.streams.listen({ address: '0.0.0.0', port }, (flow) => this.#arrived(flow));
    this.#listening.set(port, known);
    return known;
  }

  #arrived(flow: Flow): void {
    const claim = this.#decide?.({ protocol: 'tcp', local: flow.local, remote: flow.remote });
    if (typeof claim === 'object' && 'accept' in claim) claim.accept(flow);
    else flow.reset();
  }

  #parts({ certificates, state, whois = () => undefined }: BenchOptions): ConstructorParameters<typeof ServeService>[0] {
    const self = { name: NODE_NAME, addresses: [`${NODE_ADDRESS}/32`] };
    const netmap = new BehaviorSubject({ seq: 0, map: { self, peers: new Map() }, patch: undefined } as unknown as NetmapChange);
    return {
      node: { netmap$: netmap, whois, status: () => ({ hostname: 'web' }) as never },
      flows: {
        intercept: (decide) => {
          this.#decide = decide;
          return () => {
            this.#decide = undefined;
          };
        },
      },
      clock: realClock,
      logger: this.#logger(),
      state: state ?? memoryState(),
      certificates,
    };
  }

  #logger(): Logger {
    const log = (fields: object, message: string): void => void this.logged.push(`${message} ${JSON.stringify(fields)}`);
    return { debug: log, info: log, warn: log, error: log };
  }
}

export function memoryState(): StateStore {
  const values = new Map<string, string>();
  return {
    open: async () => {},
    get: (key) => values.get(key),
    set: async (key, value) => void (value === undefined ? values.delete(key) : values.set(key, value)),
    close: async () => {},
  };
}
