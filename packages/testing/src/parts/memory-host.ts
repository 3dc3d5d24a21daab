import { type Address, type Bytes, type Clock, type FlowLayer, HeddleError, type StackConfig, type UdpPort } from '@heddle/core';
import { type Bytes as AddressBytes, encodeEcho, formatAddress, parseAddress } from '@heddle/wire';
import { HostAddresses } from './host-addresses.js';
import { EPHEMERAL_FIRST, EPHEMERAL_LAST, udpPacket } from './host-packets.js';
import { PendingPings } from './pending-pings.js';

/** The Stack that a host sends through at the moment. */
export interface HostOutlet {
  readonly clock: Clock;
  /** False: not taken. The packet is copied. */
  emit(packet: Bytes): boolean;
}

interface BoundPort {
  readonly at: Address;
  receive(datagram: Bytes, from: Address): void;
}

/** Ports that may be bound at a time. */
const MOST_PORTS = 16_384;

/**
 * A tiny IP host: UDP ports, pending pings and addresses. It may outlive the memory Stack that it sends through:
 * hand the same host to the next Stack, and ports and pings go on.
 */
export class MemoryHost implements FlowLayer {
  readonly #addresses = new HostAddresses();
  readonly #ports = new Map<string, BoundPort>();
  readonly #pings = new PendingPings();
  readonly #outlets: HostOutlet[] = [];
  #lastPort = EPHEMERAL_LAST;
  #closed = false;

  /** Replaces addresses, routes and MTU. */
  configure(config: StackConfig): void {
    this.#addresses.configure(config);
  }

  /** Longer packets are not sent. */
  get mtu(): number {
    return this.#addresses.mtu;
  }

  /** True when the address is one of the host's own. */
  owns(slab: Bytes, at: number, length: number): boolean {
    return this.#addresses.owns(slab, at, length);
  }

  /** The outlet is used from now on, or, while nobody hears it, after all others. Returns the undo. */
  attach(outlet: HostOutlet, heard: boolean): () => void {
    if (heard) this.#outlets.unshift(outlet);
    else this.#outlets.push(outlet);
    return () => {
      const at = this.#outlets.indexOf(outlet);
      if (at >= 0) this.#outlets.splice(at, 1);
    };
  }

  async bindUdp(
    at: { readonly address?: string; readonly port?: number },
    receive: (datagram: Bytes, from: Address) => void,
  ): Promise<UdpPort> {
    this.#mustRun();
    if (this.#ports.size >= MOST_PORTS) throw new HeddleError('EMFILE', `the host has ${MOST_PORTS} UDP ports in use; close some`);
    const bound: BoundPort = { at: { address: bindAddress(at.address), port: at.port || this.#freePort(at.address) }, receive };
    const key = portKey(bound.at);
    if (this.#ports.has(key)) throw new HeddleError('EADDRINUSE', `UDP port ${bound.at.port} is in use; bind another or port 0`);
    this.#ports.set(key, bound);
    return {
      at: bound.at,
      send: (datagram, to) => this.#ports.get(key) === bound && this.#sendUdp(bound.at, datagram, to),
      close: async () => {
        if (this.#ports.get(key) === bound) this.#ports.delete(key);
      },
    };
  }

  async ping(address: string, options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    this.#mustRun();
    options.signal?.throwIfAborted();
    const destination = parseAddress(address);
    if (destination === undefined) throw new HeddleError('HEDDLE_BAD_ADDRESS', `ping: ${address} is not an IP address`);
    const source = this.#addresses.sourceFor(destination);
    const outlet = this.#outlets[0];
    if (source === undefined || outlet === undefined) throw unreachable(address);
    return this.#pings.start(formatAddress(destination), outlet.clock, options.signal, (identifier, sequence) => {
      const data = new Uint8Array(8);
      outlet.emit(encodeEcho({ kind: 'echo-request', source, destination, identifier, sequence, data }));
    });
  }

  /** An echo came back. */
  echoed(from: AddressBytes, identifier: number, sequence: number): void {
    this.#pings.answered(formatAddress(from), identifier, sequence);
  }

  /** A datagram for one of the own addresses; false when nobody listens. It is lent to the listener. */
  received(destination: AddressBytes, port: number, datagram: Bytes, source: AddressBytes, sourcePort: number): boolean {
    const exact = this.#ports.get(portKey({ address: formatAddress(destination), port }));
    const bound = exact ?? this.#ports.get(portKey({ address: anyAddress(destination.length), port })) ?? this.#ports.get(`*:${port}`);
    bound?.receive(datagram, { address: formatAddress(source), port: sourcePort });
    return bound !== undefined;
  }

  /** Ends ports and pings; may be called twice. */
  close(): void {
    this.#closed = true;
    this.#ports.clear();
    this.#pings.close();
  }

  #sendUdp(from: Address, datagram: Bytes, to: Address): boolean {
    const destination = parseAddress(to.address);
    const fixed = from.address === '*' || anyAddressText(from.address) ? undefined : parseAddress(from.address);
    const source = destination && (fixed ?? this.#addresses.sourceFor(destination));
    const outlet = this.#outlets[0];
    if (outlet === undefined || destination === undefined || source?.length !== destination.length) return false;
    if (!this.#addresses.routes(destination)) return false;
    const packet = udpPacket(
      { sourcePort: from.port, destinationPort: to.port, payload: datagram },
      source,
      destination,
      this.#addresses.mtu,
    );
    return packet !== undefined && outlet.emit(packet);
  }

  #freePort(address: string | undefined): number {
    for (let tries = EPHEMERAL_FIRST; tries <= EPHEMERAL_LAST; tries++) {
      this.#lastPort = this.#lastPort >= EPHEMERAL_LAST ? EPHEMERAL_FIRST : this.#lastPort + 1;
      if (!this.#ports.has(portKey({ address: bindAddress(address), port: this.#lastPort }))) return this.#lastPort;
    }
    throw new HeddleError('EADDRINUSE', 'no free UDP port is left; close some');
  }

  #mustRun(): void {
    if (this.#closed) throw new HeddleError('HEDDLE_NOT_RUNNING', 'the memory host is closed; make a new one');
  }
}

/** Canonical text; without an address every own address of both families. */
function bindAddress(address: string | undefined): string {
  if (address === undefined) return '*';
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new HeddleError('HEDDLE_BAD_ADDRESS', `bindUdp: ${address} is not an IP address`);
  return formatAddress(bytes);
}

function portKey(at: Address): string {
  return `${at.address}:${at.port}`;
}

function anyAddress(length: number): string {
  return length === 4 ? '0.0.0.0' : '::';
}

function anyAddressText(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function unreachable(address: string): HeddleError {
  return new HeddleError('ENETUNREACH', `ping: no own address or route leads to ${address}; look at what control configures`);
}
