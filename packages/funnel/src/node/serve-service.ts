import {
  type Clock,
  type Flow,
  type FlowLayer,
  HeddleError,
  type HeddleNode,
  type Logger,
  type Netmap,
  type SelfConfig,
  type StateStore,
} from '@heddle/core';
import type { FlowSocket } from '@heddle/core/node';
import type { Subscription } from 'rxjs';
import type { CertificateSource } from '../certificate-source.js';
import { adoptConfig } from '../config/adopt-config.js';
import { decodeConfig } from '../config/decode-config.js';
import { encodeConfig } from '../config/encode-config.js';
import { endsTls, tlsNames, withOwnName } from '../config/own-name.js';
import type { Plan } from '../config/plan.js';
import type { ServeConfig } from '../config/serve-config.js';
import type { ServeNumbers } from '../counters.js';
import type { VisitorDoor } from '../ingress/visitor-door.js';
import { ConnectionCounts } from '../limits/connection-counts.js';
import { decideFlow } from '../limits/decide-flow.js';
import type { ServeLimits } from '../limits/serve-limits.js';
import { visitorSource } from '../limits/visitor-source.js';
import { ownAddresses } from '../own-addresses.js';
import type { Serve } from '../serve-api.js';
import type { OwnNames } from '../web/request-host.js';
import { ConnectionRouter } from './connection-router.js';
import { FlowSockets } from './flow-sockets.js';
import { FunnelDoor } from './funnel-door.js';
import { type PortHandler, servicesOf } from './handlers.js';
import { Backends } from './proxy/backends.js';
import { StreamBackends } from './proxy/stream-backends.js';
import type { Visitor } from './visitor.js';
import { cut } from './visitor-socket.js';

export interface ServeParts {
  readonly node: Pick<HeddleNode, 'netmap$' | 'whois' | 'status'>;
  readonly flows: Pick<FlowLayer, 'intercept'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: StateStore;
  readonly certificates: CertificateSource | undefined;
}

export interface ServeSettings {
  readonly plan: Plan;
  readonly limits: ServeLimits;
  /** What is served is kept in the state of the node. */
  readonly keep: boolean;
}

const KEPT = 'serve/config';

/** Serves ports of a node as its plan says. */
export class ServeService implements Serve {
  readonly door: VisitorDoor;
  readonly #parts: ServeParts;
  readonly #settings: ServeSettings;
  readonly #counts = new ConnectionCounts();
  readonly #backends = new Backends();
  readonly #streams = new StreamBackends();
  readonly #router: ConnectionRouter;
  readonly #funnel: FunnelDoor;
  readonly #open = new Set<FlowSocket>();
  #plan: Plan;
  /** What control last said of this node. */
  #self: SelfConfig | undefined;
  #names: OwnNames = { name: '', hostname: '', addresses: [] };
  #changes: Promise<void> = Promise.resolve();
  #stops: (() => void)[] = [];

  constructor(parts: ServeParts, settings: ServeSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#plan = settings.plan;
    const { clock, logger, certificates } = parts;
    const own = { plan: () => this.#plan, names: () => this.#names };
    this.#router = new ConnectionRouter({
      ...own,
      clock,
      logger,
      certificates,
      limits: settings.limits,
      backends: this.#backends,
      streams: this.#streams,
    });
    this.#funnel = new FunnelDoor(own);
    this.door = this.#funnel;
  }

  /** For who counts. */
  get numbers(): ServeNumbers {
    const { all: open, accepted, refused } = this.#counts;
    return { open, accepted, refused, answers: this.#router.answers.byClass };
  }

  get ports(): readonly number[] {
    return [...this.#plan.ports.keys()];
  }

  start(): void {
    const { node, flows, clock } = this.#parts;
    this.#names = { ...this.#names, hostname: node.status().hostname };
    this.#load();
    const sockets = new FlowSockets(clock, (socket) => this.#take(socket, false));
    this.#funnel.open(new FlowSockets(clock, (socket) => this.#take(socket, true)));
    const undo = flows.intercept!((flow) =>
      decideFlow(flow, {
        serves: (port) => this.#plan.ports.has(port),
        isOwn: (address) => this.#names.addresses.includes(address),
        counts: this.#counts,
        limits: this.#settings.limits,
        accept: (accepted: Flow) => sockets.take(accepted),
      }),
    );
    const following: Subscription = node.netmap$.subscribe(({ map }) => this.#follow(map));
    this.#stops = [undo, () => sockets.close(), () => following.unsubscribe()];
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#self = undefined;
    this.#router.close();
    this.#funnel.close();
    for (const socket of this.#open) socket.destroy();
    this.#backends.close();
    this.#streams.close();
  }

  config(): ServeConfig {
    return encodeConfig(this.#plan, this.#names.name || this.#names.hostname);
  }

  setConfig(config: ServeConfig): Promise<void> {
    return this.#change((plan) => adoptConfig(plan, withOwnName(decodeConfig(config), this.#names.name)));
  }

  add(port: number, handler: PortHandler): Promise<void> {
    return this.#change((plan) => {
      const [service] = servicesOf({ [port]: handler }).values();
      if (plan.ports.has(port)) throw new HeddleError('HEDDLE_SERVE_CONFLICT', `port ${port} is served already; remove(${port}) first`);
      return { ...plan, ports: new Map([...plan.ports, [port, service!]]) };
    });
  }

  remove(port: number): Promise<void> {
    return this.#change((plan) => ({ ...plan, ports: new Map([...plan.ports].filter(([one]) => one !== port)) }));
  }

  /** One after the other; a change that cannot be kept does not happen. */
  #change(change: (plan: Plan) => Plan): Promise<void> {
    const done = this.#changes.then(async () => {
      const next = change(this.#plan);
      this.#checkTls(next);
      const text = JSON.stringify(encodeConfig(next, this.#names.name || this.#names.hostname));
      if (this.#settings.keep) await this.#parts.state.set(KEPT, text);
      this.#use(next);
    });
    this.#changes = done.catch(() => {});
    return done;
  }

  #use(plan: Plan): void {
    this.#plan = withOwnName(plan, this.#names.name);
    this.#parts.certificates?.announce(tlsNames(this.#plan, this.#names.name));
    this.#funnel.changed();
  }

  #checkTls(plan: Plan): void {
    if (this.#parts.certificates !== undefined || !endsTls(plan)) return;
    const text = 'TLS is to be ended, and the node has no certificates: add ownCertificates({ … }) or a plugin that gets them';
    throw new HeddleError('HEDDLE_SERVE_CERTIFICATE', text);
  }

  #load(): void {
    const kept = this.#settings.keep ? this.#parts.state.get(KEPT) : undefined;
    // What was kept before control had told the name was kept under what the program calls the node.
    if (kept !== undefined) this.#plan = adoptConfig(this.#plan, withOwnName(decodeConfig(parsed(kept)), this.#names.hostname));
    this.#checkTls(this.#plan);
    this.#use(this.#plan);
  }

  /** Most changes of a netmap are about others, and cost nothing here. */
  #follow({ self }: Netmap): void {
    if (self === this.#self) return;
    this.#self = self;
    this.#names = { ...this.#names, name: (self?.name ?? '').replace(/\.$/, ''), addresses: ownAddresses(self) };
    this.#use(this.#plan);
  }

  #take(socket: FlowSocket, funnel: boolean): void {
    const remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    const source = visitorSource(remote.address, funnel);
    if (!this.#counts.hasRoom(source, this.#settings.limits)) {
      this.#counts.refused += 1;
      return cut(socket);
    }
    const leave = this.#counts.enter(source);
    this.#open.add(socket);
    socket
      .on('error', () => {})
      .once('close', () => {
        leave();
        this.#open.delete(socket);
      });
    void this.#router.take(socket, this.#visitor({ remote, local, funnel }));
  }

  #visitor(facts: Omit<Visitor, 'whois'>): Visitor {
    const { node } = this.#parts;
    return {
      ...facts,
      get whois() {
        return facts.funnel ? undefined : node.whois(facts.remote.address);
      },
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HeddleError('HEDDLE_SERVE_STATE', `what was kept as ${KEPT} is not JSON: delete it, or write it anew with setConfig`, {
      cause,
    });
  }
}
