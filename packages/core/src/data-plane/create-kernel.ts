import type { PeerRef } from '@heddle/wireguard';
import { type Observable, Subscription } from 'rxjs';
import type { Bind, PartContext } from '../contracts/bind.js';
import type { Control } from '../contracts/control.js';
import type { Netmap, NetmapChange, Peer } from '../contracts/netmap.js';
import type { Decision, PathSelector } from '../contracts/path-selector.js';
import type { LocalEndpoint, Remote } from '../contracts/remote.js';
import type { Stack } from '../contracts/stack.js';
import { NetmapStream, netmapDifference } from '../netmap/netmap-stream.js';
import { BindPort } from './bind-port.js';
import { HealthBoard } from './health-board.js';
import type { EndpointView, Kernel, PathChange, PathCounters, PathTally, PeerStatusView, PluginHealth } from './kernel.js';
import type { KernelServices } from './kernel-services.js';
import { NetworkWatch, outsideTunnel } from './network-watch.js';
import { ownCounters } from './own-counters.js';
import { PacketPlane } from './packet-plane.js';
import { PartContexts } from './part-contexts.js';
import { mergeTallies, PathCounts } from './path-counts.js';
import { PathKeeper } from './path-keeper.js';
import { PeerKeeper } from './peer-keeper.js';
import { peerView } from './peer-view.js';
import { ProberDesk } from './prober-desk.js';
import { Resumption } from './resumption.js';
import { SleepWatch } from './sleep-watch.js';
import { StackPort } from './stack-port.js';
import { TailnetPolicy } from './tailnet-policy.js';

/** The data plane of one node. */
export function createKernel(services: KernelServices): Kernel {
  return new NodeKernel(services);
}

class NodeKernel implements Kernel {
  readonly #services: KernelServices;
  readonly #contexts: PartContexts;
  readonly #health: HealthBoard;
  readonly #netmap = new NetmapStream();
  readonly #plane: PacketPlane;
  readonly #prober: ProberDesk;
  readonly #paths: PathKeeper;
  readonly #peers: PeerKeeper;
  readonly #policy: TailnetPolicy;
  readonly #network = new NetworkWatch();
  readonly #resumption: Resumption;
  readonly #ports = new Map<Bind, BindPort>();
  /** By scheme; stays when a Bind goes, so that what was counted never falls. */
  readonly #counts = new Map<string, PathCounts>();
  /** What is followed: the node's own services as long as it lives, and the Control that it has. */
  readonly #follows = { services: new Subscription(), control: new Subscription() };
  #selector = { plugin: 'core', closing: new AbortController() };

  constructor(services: KernelServices) {
    this.#services = { ...services, clock: new SleepWatch(services.clock, () => this.#awake()) };
    this.#contexts = new PartContexts(this.#services);
    this.#health = new HealthBoard(services.clock);
    this.#prober = this.#makeProber();
    this.#plane = this.#makePlane();
    for (const family of ownCounters(this.#plane, services)) services.counters.show('@heddle/core', family);
    this.#resumption = new Resumption(this.#plane.engine, this.#services.clock, (work) => this.#plane.run(work));
    this.#paths = this.#makePaths();
    this.#peers = this.#makePeers();
    this.#policy = this.#makePolicy();
    this.#follows.services.add(services.identity.nodeKey$.subscribe((key) => this.#useKey(key?.privateKey)));
    this.#follows.services.add(services.preferences.changes$.subscribe((preferences) => this.#policy.prefer(preferences)));
    this.#follows.services.add(services.offers.changes$.subscribe(({ admits }) => this.#policy.admit(admits)));
  }

  get netmap$(): Observable<NetmapChange> {
    return this.#netmap.changes$;
  }
  get paths$(): Observable<PathChange> {
    return this.#paths.changes$;
  }
  get health$(): Observable<PluginHealth> {
    return this.#health.changes$;
  }

  context(plugin: string): PartContext {
    return this.#contexts.open(plugin);
  }

  revoke(context: PartContext): void {
    this.#contexts.revoke(context);
  }

  addBind(bind: Bind, plugin: string): void {
    this.#health.forget(plugin);
    const { pool, observers } = this.#services;
    const place = { scope: this.#contexts.scope(plugin), pool, counts: this.#countsOf(bind), observers };
    const port = new BindPort(bind, plugin, place, {
      received: (_, batch) => this.#plane.received(batch),
      endpoints: () => this.#endpointsOf(port),
      writable: () => this.#relievePressure(),
      health: (health) => this.#health.says(plugin, health),
      fault: (_, where, error) => this.#fault(plugin, where, error),
      drop: (reason, packets) => this.#services.drops.count(reason, packets),
    });
    this.#ports.set(bind, port);
    this.#plane.dispatcher.whenIdle(() => {
      this.#plane.binds.add(port);
      port.listen();
      this.#paths.bindsChanged();
    });
    void this.#policy.refresh();
  }

  removeBind(bind: Bind): void {
    const port = this.#ports.get(bind);
    if (port === undefined) return;
    this.#ports.delete(bind);
    this.#plane.dispatcher.whenIdle(() => {
      port.stop();
      this.#plane.forget(port);
      this.#paths.bindsChanged();
      this.#relievePressure();
    });
  }

  async setStack(stack: Stack | undefined, plugin: string): Promise<void> {
    if (stack !== undefined) this.#health.forget(plugin);
    const port = stack && this.#stackPort(stack, plugin);
    this.#plane.dispatcher.whenIdle(() => {
      this.#plane.stack?.stop();
      this.#plane.stack = port;
      port?.listen();
      this.#relievePressure();
    });
    await this.#policy.refresh();
  }

  async setControl(control: Control | undefined, plugin: string): Promise<void> {
    this.#follows.control.unsubscribe();
    this.#follows.control = new Subscription();
    if (control === undefined) return;
    const error = (fault: unknown): void => this.#fault(plugin, 'a stream', fault);
    this.#follows.control.add(control.netmap$.subscribe({ next: (change) => this.#applyNetmap(change, plugin), error }));
    this.#follows.control.add(control.health$.subscribe({ next: (health) => this.#health.says(plugin, health), error }));
    this.#follows.control.add(this.#publishEndpoints(control, plugin));
    await this.#policy.settled();
  }

  async setSelector(selector: PathSelector | undefined, plugin: string): Promise<void> {
    const { clock, random, log, drops } = this.#services;
    const closing = new AbortController();
    this.#selector.closing.abort();
    const { signal } = closing;
    this.#selector = { plugin, closing };
    await this.#prober.use(selector?.prober, { clock, random, log, drop: drops.scoped(plugin) }, signal);
    if (signal.aborted) return;
    this.#plane.dispatcher.whenIdle(() => {
      this.#paths.useSelector(selector);
      this.#prober.listen();
    });
  }

  netmap(): Netmap {
    return this.#netmap.map;
  }

  peers(): readonly PeerStatusView[] {
    return [...this.#netmap.map.peers].flatMap((peer) => this.#view(peer));
  }

  counters(): readonly PathCounters[] {
    return this.#plane.binds.all().map((port) => port.counters());
  }

  traffic(): readonly PathTally[] {
    return mergeTallies([...this.#counts.values()].flatMap((counts) => counts.tallies()));
  }

  endpoints(): readonly EndpointView[] {
    return this.#localEndpoints().map(({ remote, kind }) => ({ remote: remote.text, kind }));
  }

  drops(): Readonly<Record<string, number>> {
    return this.#services.drops.snapshot();
  }

  poke(): void {
    this.#poke(() => true);
  }

  close(): void {
    this.#follows.services.unsubscribe();
    this.#policy.close();
    this.#resumption.stop();
    this.#follows.control.unsubscribe();
    this.#selector.closing.abort();
    for (const port of this.#ports.values()) port.stop();
    this.#plane.stack?.stop();
    this.#plane.stop();
    this.#netmap.complete();
    this.#paths.complete();
    this.#health.complete();
  }

  #countsOf({ scheme, traits }: Bind): PathCounts {
    const counts = this.#counts.get(scheme) ?? new PathCounts(scheme, traits.relay);
    this.#counts.set(scheme, counts);
    return counts;
  }

  #makePlane(): PacketPlane {
    return new PacketPlane(this.#services, this.#prober, {
      heardFrom: (ref, remote) => this.#withPeer(ref, (id) => this.#paths.authenticated(id, remote)),
      wanted: (ref) => this.#withPeer(ref, (id) => this.#prober.wanted(id)),
      unrouted: (peer) => this.#withPeer({ id: peer }, (id) => this.#paths.current(id)),
    });
  }

  #makePaths(): PathKeeper {
    return new PathKeeper({
      now: () => this.#services.clock.now(),
      peer: (id) => this.#peers.peer(id),
      parse: (text) => this.#plane.binds.parse(text),
      route: (id, decision) => this.#route(id, decision),
      fault: (error) => this.#fault(this.#selector.plugin, 'decide', error),
    });
  }

  #makePeers(): PeerKeeper {
    return new PeerKeeper({
      engine: this.#plane.engine,
      now: () => this.#services.clock.now(),
      added: (peer, ref) => this.#peerAdded(peer, ref),
      removed: (id, ref) => this.#peerRemoved(id, ref),
      restarted: (ref) => this.#resumption.greet(ref),
      refused: (peer, error) =>
        this.#services.log.warn({ peer: peer.id, error }, 'peer left out: it cannot be used as control describes it'),
    });
  }

  #makePolicy(): TailnetPolicy {
    return new TailnetPolicy({
      services: this.#services,
      gate: this.#plane.gate,
      netmap: () => this.#netmap.map,
      routed: (routes) => this.#plane.run(() => this.#peers.apply(routes)),
      deliver: (packet) => this.#plane.deliverOwn(packet),
      stack: () => this.#plane.stack,
      binds: () => this.#plane.binds.all(),
      fault: (port, error) => this.#fault(port.plugin, 'configure', error),
    });
  }

  #makeProber(): ProberDesk {
    return new ProberDesk({
      send: (to, datagram) => this.#plane.sendProbe(to, datagram),
      parse: (text) => this.#plane.binds.parse(text),
      isRelay: (remote) => this.#isRelay(remote),
      lookAgain: () => this.#poke(({ traits }) => !traits.relay),
      watch: (id) => this.#withRef(id, (ref) => this.#plane.traffic.watch(ref.id)),
      traffic: (id) => this.#withRef(id, ({ id: n }) => ({ ...this.#plane.traffic.of(n), primary: this.#plane.routes.get(n)?.remote })),
      peers: () => this.#netmap.map.peers,
      health: (health) => this.#health.says(this.#selector.plugin, health),
      observed: ({ peerId, candidates }) => this.#paths.observed(peerId, candidates),
      fault: (where, error) => this.#fault(this.#selector.plugin, where, error),
    });
  }

  #stackPort(stack: Stack, plugin: string): StackPort {
    return new StackPort(stack, plugin, this.#contexts.scope(plugin), this.#services.pool, {
      emitted: (_, batch) => this.#plane.emitted(batch),
      health: (health) => this.#health.says(plugin, health),
      fault: (_, where, error) => this.#fault(plugin, where, error),
      drop: (reason, packets) => this.#services.drops.count(reason, packets),
    });
  }

  #useKey(privateKey: Uint8Array | undefined): void {
    this.#plane.run(() => this.#plane.engine.setPrivateKey(this.#services.clock.now(), privateKey));
  }

  /** The engine first, then the Stack, then who looks on. */
  #applyNetmap(change: NetmapChange, plugin: string): void {
    this.#guard(plugin, 'netmap$', () => {
      const patch = change.patch ?? netmapDifference(this.#netmap.map, change.map);
      this.#policy.apply(change.map, patch);
      if (patch.self?.mtu !== undefined) this.#plane.engine.setMtu(patch.self.mtu);
      this.#netmap.follow(change);
    });
  }

  #peerAdded(peer: Peer, ref: PeerRef): void {
    this.#plane.gate.setPeer(ref.id, peer);
    this.#paths.setPeer(peer);
    this.#prober.peer(peer.id, peer);
  }

  #peerRemoved(id: string, ref: PeerRef): void {
    this.#plane.gate.setPeer(ref.id, undefined);
    this.#plane.routes.remove(ref.id);
    this.#paths.removePeer(id);
    this.#prober.peer(id, undefined);
  }

  /** A decision becomes a route: remotes with the Binds that carry them. */
  #route(id: string, decision: Decision): void {
    const ref = this.#peers.refOf(id);
    if (ref === undefined) return;
    const hop = (remote: Remote | undefined): Hop | undefined => {
      const port = remote && this.#plane.binds.ofScheme(remote.scheme);
      return port && remote && { port, remote };
    };
    const primary = hop(decision.primary);
    const also = (decision.also ?? []).map(hop).filter((each) => each !== undefined);
    if (this.#plane.routes.set(ref.id, primary && { ...primary, also })) this.#goOn(ref);
  }

  /** What went to this peer found no way. WireGuard would notice after five seconds; it begins anew now that there is one. */
  #goOn(ref: PeerRef): void {
    this.#plane.run(() => this.#plane.engine.rehandshake(this.#services.clock.now(), [ref]));
  }

  #view(peer: Peer): readonly PeerStatusView[] {
    const ref = this.#peers.refOf(peer.id);
    if (ref === undefined) return [];
    const path = this.#paths.current(peer.id);
    return [peerView(peer, this.#plane.engine.status(ref), path, path?.primary !== undefined && this.#isRelay(path.primary))];
  }

  /** Peers learn a new address from the next datagram that authenticates: who moved speaks first. */
  #endpointsOf(port: BindPort): void {
    this.#prober.endpoints(this.#localEndpoints());
    if (this.#network.moved(port, this.#outside(port.endpoints)))
      this.#plane.run(() => this.#plane.engine.rehandshake(this.#services.clock.now()));
  }

  /** Peers may have given up our sessions, and the network may be another one. Both are asked; nothing is thrown away. */
  #awake(): void {
    this.#resumption.begin();
    this.poke();
  }

  /** Control hears where others may reach this node: now, if that is known, and with each change. */
  #publishEndpoints(control: Control, plugin: string): Subscription {
    let known = false;
    return this.#prober.channel.localEndpoints$.subscribe((endpoints) => {
      known ||= endpoints.length > 0;
      const homeRelay = endpoints.find(({ kind }) => kind === 'relay')?.remote.text;
      if (known) this.#guard(plugin, 'publish', () => control.publish({ endpoints, ...(homeRelay !== undefined && { homeRelay }) }));
    });
  }

  #localEndpoints(): readonly LocalEndpoint[] {
    return this.#outside(this.#plane.binds.all().flatMap((port) => port.endpoints));
  }

  #outside(endpoints: readonly LocalEndpoint[]): readonly LocalEndpoint[] {
    return outsideTunnel(endpoints, this.#netmap.map.self?.addresses ?? []);
  }

  /** The Stack waits while any Bind of the node has a full local queue. */
  #relievePressure(): void {
    this.#plane.stack?.pause(this.#plane.binds.all().some((port) => !port.writable));
  }

  #poke(which: (bind: Bind) => boolean): void {
    for (const { bind, plugin } of this.#plane.binds.all()) if (which(bind)) this.#guard(plugin, 'poke', () => bind.poke?.());
  }

  #isRelay({ scheme }: Remote): boolean {
    return this.#plane.binds.ofScheme(scheme)?.bind.traits.relay ?? false;
  }

  #withRef<T>(id: string, use: (ref: PeerRef) => T): T | undefined {
    const ref = this.#peers.refOf(id);
    return ref && use(ref);
  }

  #withPeer(ref: Pick<PeerRef, 'id'>, use: (id: string) => void): void {
    const id = this.#peers.idOf(ref);
    if (id !== undefined) use(id);
  }

  #guard(plugin: string, where: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fault(plugin, where, error);
    }
  }

  #fault(plugin: string, where: string, error: unknown): void {
    this.#health.fault(plugin, where, error);
    this.#services.log.error({ plugin, where, error }, 'plugin fault');
  }
}

interface Hop {
  readonly port: BindPort;
  readonly remote: Remote;
}
