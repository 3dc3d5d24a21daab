import { packetOffload } from '@heddle/crypto';
import { createUpperLayer } from '@heddle/wire';
import { type Endpoint, type PeerRef, type Sink, WireGuard, type WireGuardEngine } from '@heddle/wireguard';
import type { Bytes, PacketBatch, PacketTable } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';
import { PacketBatch as Batches } from '../packets/packet-batch.js';
import type { BindPort } from './bind-port.js';
import { BindTable } from './bind-table.js';
import { ClearSight } from './clear-sight.js';
import { Dispatcher } from './dispatcher.js';
import { Egress } from './egress.js';
import { EngineDriver } from './engine-driver.js';
import { Inbound } from './inbound.js';
import type { KernelServices } from './kernel-services.js';
import { Outbound } from './outbound.js';
import { PacketGate } from './packet-gate.js';
import type { ProberDesk } from './prober-desk.js';
import { RouteTable } from './routes.js';
import type { StackPort } from './stack-port.js';
import { TrafficCounts } from './traffic-counts.js';
import { tsmpPong } from './tsmp.js';

export interface PacketPlaneEvents {
  /** A peer was heard from another place than before. */
  heardFrom(peer: PeerRef, remote: Remote): void;
  /** Packets go to a peer that has no path, or that is watched. */
  wanted(peer: PeerRef): void;
  /** The first packet goes to a peer: its route is to be set now. */
  unrouted(peer: number): void;
}

/** Everything that a packet passes between Stack and Bind. No promise, no operator, no selector in here. */
export class PacketPlane {
  readonly engine: WireGuardEngine;
  readonly binds: BindTable = new BindTable();
  readonly routes: RouteTable;
  readonly traffic: TrafficCounts = new TrafficCounts();
  readonly dispatcher: Dispatcher;
  readonly gate: PacketGate;
  /** Sessions that were agreed on. */
  established = 0;
  stack: StackPort | undefined;
  readonly #services: KernelServices;
  readonly #driver: EngineDriver;
  readonly #egress: Egress;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #receive = (batch: PacketBatch): void => this.#inbound.receive(batch);
  readonly #emit = (batch: PacketBatch): void => this.#outbound.send(batch);

  constructor(services: KernelServices, prober: ProberDesk, events: PacketPlaneEvents) {
    const { pool, drops, clock } = services;
    this.routes = new RouteTable((peer) => events.unrouted(peer));
    const { binds, routes, traffic } = this;
    this.#services = services;
    this.#egress = new Egress({ pool, drops, binds, routes, traffic, wanted: events.wanted });
    this.engine = new WireGuard(engineOptions(services, this.#sink(events)));
    const open = (from: Remote, datagrams: PacketTable): void => this.engine.receive(clock.now(), from, datagrams);
    const seal = (packets: PacketTable): void => {
      const passing = this.gate.goesOut(packets);
      if (passing === undefined) return;
      sight.leaving(passing);
      this.engine.send(clock.now(), passing);
    };
    this.gate = new PacketGate({ drops, tsmp: (packet) => this.#answerTsmp(packet) });
    const { engine, gate } = this;
    const sight = new ClearSight({ observers: services.observers, engine, gate, routes });
    const kernel = packetOffload();
    this.#inbound = new Inbound({ pool, drops, prober, kernel, stack: () => this.stack, gate, sight, routes, traffic, open });
    this.#outbound = new Outbound({ pool, drops, kernel, seal });
    this.#driver = new EngineDriver(this.engine, clock, (work) => this.dispatcher.run(work));
    this.dispatcher = this.#makeDispatcher();
  }

  /** A Bind has received something. */
  received(batch: PacketBatch): void {
    this.dispatcher.dispatch(this.#receive, batch);
  }

  /** The Stack has something to send. */
  emitted(batch: PacketBatch): void {
    this.dispatcher.dispatch(this.#emit, batch);
  }

  /** One datagram that is not the engine's; false when no Bind can take it. */
  sendProbe(to: Remote, datagram: Bytes): boolean {
    const port = this.binds.ofScheme(to.scheme);
    if (port === undefined) return false;
    this.#egress.send(port, to, Batches.of(datagram));
    return true;
  }

  /** A packet of this node's own services, for the Stack. */
  deliverOwn(packet: Bytes): void {
    this.run(() => this.stack?.deliver(Batches.of(packet)));
  }

  /** Runs something that talks to the engine, and sends what comes of it. */
  run(work: () => void): void {
    this.dispatcher.run(work);
  }

  forget(port: BindPort): void {
    this.binds.remove(port);
    this.routes.forget(port);
  }

  stop(): void {
    this.#driver.stop();
    this.dispatcher.clear();
  }

  /** As if the Stack had answered: it goes out when the batch in hand is done. */
  #answerTsmp(packet: Bytes): void {
    const pong = tsmpPong(packet, createUpperLayer());
    if (pong !== undefined) this.emitted(Batches.of(pong));
  }

  #makeDispatcher(): Dispatcher {
    const { limits, drops, clock } = this.#services;
    return new Dispatcher({
      queued: limits.queuedBatches,
      perTurn: limits.batchesPerTurn,
      later: (run) => void clock.at(clock.now(), run),
      overflow: (packets) => drops.count('queue-full', packets),
      idle: () => this.#driver.arm(),
    });
  }

  #sink(events: PacketPlaneEvents): Sink {
    return {
      transmit: (peer, to, datagrams) => this.#egress.transmit(peer, to, datagrams),
      deliver: (peer, packets) => this.#inbound.deliver(peer, packets),
      endpointChanged: (peer, endpoint: Endpoint) => events.heardFrom(peer, endpoint as Remote),
      established: () => {
        this.established += 1;
      },
      drop: (reason, packets) => this.#services.drops.count(reason, packets),
    };
  }
}

function engineOptions(services: KernelServices, sink: Sink): ConstructorParameters<typeof WireGuard>[0] {
  const { crypto, random, clock, identity, limits } = services;
  const { peers, stagedPackets, stagedBytes, handshakeQueue, handshakesPerTick } = limits;
  return {
    crypto,
    sink,
    random: (into) => random.fill(into),
    wallClock: () => clock.wall(),
    stamps: identity.stamps,
    roaming: false,
    limits: { peers, stagedPackets, stagedBytes, handshakeQueue, handshakesPerTick },
  };
}
