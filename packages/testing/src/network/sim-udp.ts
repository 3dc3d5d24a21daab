import type { Address, Bytes, UdpSocket, UdpSocketOptions, UdpSockets } from '@heddle/core';
import { canonicalAddress } from './address-plan.js';
import type { HostPorts } from './host-ports.js';
import { socketError } from './sim-fault.js';
import type { SimHost } from './sim-host.js';
import { familyOf, type SimPacket } from './sim-packet.js';
import type { SimWorld } from './sim-world.js';

/** IPv4: 65,535 less 28 bytes of headers. */
const LARGEST = 65_507;
const BUFFER = 212_992;

/** The datagram sockets of a simulated host. */
export class SimUdp implements UdpSockets {
  readonly #host: SimHost;
  readonly #world: SimWorld;
  readonly #ports: HostPorts<SimUdpSocket>;

  constructor(host: SimHost, world: SimWorld, ports: HostPorts<SimUdpSocket>) {
    this.#host = host;
    this.#world = world;
    this.#ports = ports;
  }

  async open(options: UdpSocketOptions): Promise<UdpSocket> {
    this.#host.faults.throwIfPlanned('udp.open');
    if (!this.#host.families.has(options.family)) throw socketError('EAFNOSUPPORT', `${this.#host.name} has no IPv${options.family}`);
    const any = options.family === 4 ? '0.0.0.0' : '::';
    const local = this.#ports.claim(options.address ?? any, options.port, (address) => this.#host.owns(address));
    const socket = new SimUdpSocket(this.#host, this.#world, local, options, () => this.#ports.release(local));
    this.#ports.set(local, socket);
    return socket;
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#ports.size;
  }

  /** A packet that reached the host. */
  receive(packet: SimPacket): void {
    const socket = this.#ports.find(packet.destination);
    if (socket !== undefined) socket.receive(packet);
    else if (packet.kind === 'data') this.#host.refuse(packet);
  }
}

export class SimUdpSocket implements UdpSocket {
  readonly local: Address;
  readonly receiveBuffer: number = BUFFER;
  readonly sendBuffer: number = BUFFER;
  readonly #host: SimHost;
  readonly #world: SimWorld;
  readonly #options: UdpSocketOptions;
  readonly #release: () => void;
  #closed = false;
  /** Most datagrams go where the one before went. */
  #last: { readonly to: string; readonly address: string | undefined } = { to: '', address: undefined };

  constructor(host: SimHost, world: SimWorld, local: Address, options: UdpSocketOptions, release: () => void) {
    this.#host = host;
    this.#world = world;
    this.local = local;
    this.#options = options;
    this.#release = release;
  }

  /** Nothing waits here: a datagram is on its link as soon as send returns. */
  busy(): boolean {
    return false;
  }

  send(slab: Bytes, offset: number, length: number, port: number, address: string): boolean {
    if (this.#closed) return false;
    const fault = this.#host.faults.take('udp.send');
    if (fault === 'EAGAIN') return false;
    const code = fault ?? this.#transmit(this.#world.copy(slab, offset, length), port, address);
    if (code !== undefined) this.#fail(code);
    return true;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  /** Called from the clock. Error messages come out as codes. */
  receive(packet: SimPacket): void {
    if (this.#closed) return;
    if (packet.kind === 'data') this.#options.message(packet.bytes, packet.source.address, packet.source.port);
    else if (this.#host.reportsRefusals) this.#options.fault(packet.kind === 'refused' ? 'ECONNREFUSED' : 'EMSGSIZE', false);
  }

  #transmit(bytes: Bytes, port: number, to: string): string | undefined {
    if (this.#last.to !== to) this.#last = { to, address: canonicalAddress(to) };
    const { address } = this.#last;
    if (address === undefined) return 'ENOTFOUND';
    if (bytes.length > LARGEST) return 'EMSGSIZE';
    if (familyOf(address) !== this.#options.family) return 'EINVAL';
    const dontFragment = this.#host.dontFragment;
    return this.#host.output({
      protocol: 'udp',
      kind: 'data',
      source: this.local,
      destination: { address, port },
      bytes,
      dontFragment,
      hops: 0,
    });
  }

  /** As a kernel tells it: later. */
  #fail(code: string): void {
    this.#world.clock.at(this.#world.clock.now(), () => {
      if (!this.#closed) this.#options.fault(code, false);
    });
  }
}
