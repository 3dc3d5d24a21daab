import { type Address, type Bytes, HeddleError } from '@heddle/core';
import {
  destinationPort,
  encodeUdp,
  formatAddress,
  PROTOCOL,
  parseAddress,
  type QuotedPacket,
  sourcePort,
  UDP,
  type UpperLayer,
  udpLength,
} from '@heddle/wire';
import type { Interceptors } from '../interceptors.js';
import type { IpOutput } from '../ip/ip-output.js';
import type { Network } from '../ip/network.js';
import { sameAddress } from '../tcp/listeners.js';
import { UdpFlows } from './udp-flows.js';
import { UdpSocket } from './udp-socket.js';

/** RFC 6335: ports for whoever asks for none. */
const FIRST_EPHEMERAL = 49_152;
const EPHEMERAL = 65_536 - FIRST_EPHEMERAL;
const LARGEST = 65_507;

export interface UdpParts {
  readonly network: Network;
  readonly output: IpOutput;
  readonly interceptors: Interceptors;
  /** A random whole number in [0, n). */
  readonly below: (n: number) => number;
  readonly drop: (reason: string) => void;
  /** Something was written and should leave. */
  readonly enter: (work: (now: number) => void) => void;
}

/** Ports, and flows that interceptors claimed. A bound port is a claim of its own, so interceptors are asked about the rest. */
export class UdpLayer {
  readonly flows: UdpFlows;
  readonly #parts: UdpParts;
  readonly #sockets = new Map<number, UdpSocket[]>();

  constructor(parts: UdpParts) {
    this.#parts = parts;
    this.flows = new UdpFlows({
      interceptors: parts.interceptors,
      drop: parts.drop,
      send: (local, remote, datagram) => this.#sendFrom(local, remote, datagram),
      socketAt: (at) => this.#socketAt(at),
    });
  }

  /** One datagram of a whole packet whose checksum is right. False: nobody wants it, and the sender may be told. */
  input(slab: Bytes, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): boolean {
    const length = udpLength(slab, upper.at, upper.length);
    if (length === 0) {
      this.#parts.drop('udp-malformed');
      return true;
    }
    const datagram = slab.subarray(upper.at + UDP.HEADER, upper.at + length);
    const port = destinationPort(slab, upper.at);
    const from = { address: formatAddress(source), port: sourcePort(slab, upper.at) };
    const socket = this.#parts.network.isOwn(destination) ? this.#find(destination, port) : undefined;
    if (socket !== undefined) this.#hand(socket, datagram, from);
    else return this.flows.input({ address: formatAddress(destination), port }, from, datagram, now);
    return true;
  }

  /** Throws an error with the code that Node's own socket would have. */
  bind(at: { readonly address?: string; readonly port?: number }, receive: (datagram: Bytes, from: Address) => void): UdpSocket {
    const address = this.#ownAddress(at.address);
    const port = at.port || this.#freePort(address);
    if (this.#isTaken(address, port))
      throw new HeddleError('EADDRINUSE', `UDP port ${port} is bound already; choose another, or 0 for any`);
    const socket = new UdpSocket({
      address,
      at: { address: at.address ?? '0.0.0.0', port },
      receive,
      send: (from, datagram, to) => this.#send(from, datagram, to),
      closed: (closed) => this.#forget(closed),
    });
    this.#sockets.set(port, [...(this.#sockets.get(port) ?? []), socket]);
    return socket;
  }

  /** An ICMP error about a datagram of ours. */
  failed(quoted: QuotedPacket, isPort: boolean): void {
    if (quoted.sourcePort === undefined || quoted.destinationPort === undefined) return;
    const to = { address: formatAddress(quoted.destination), port: quoted.destinationPort };
    this.#guarded(() => this.#find(quoted.source, quoted.sourcePort!)?.events.error?.(isPort ? 'refused' : 'unreachable', to));
  }

  /** True when this may be about a datagram of ours. */
  isOurs(quoted: QuotedPacket): boolean {
    return quoted.sourcePort !== undefined && this.#find(quoted.source, quoted.sourcePort) !== undefined;
  }

  close(): void {
    this.flows.close();
    this.#sockets.clear();
  }

  #hand(socket: UdpSocket, datagram: Bytes, from: Address): void {
    this.#guarded(() => socket.receive(datagram, from));
  }

  /** What an application throws is its own affair; the packets behind must not suffer. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch {
      this.#parts.drop('udp-handler-fault');
    }
  }

  #send(socket: UdpSocket, datagram: Bytes, to: Address): boolean {
    const address = parseAddress(to.address);
    if (address === undefined || !(to.port > 0 && to.port < 65_536)) return false;
    const redirected = this.flows.localOf(socket, to);
    if (redirected !== undefined) return this.#sendFrom(redirected, to, datagram);
    const source = socket.address ?? this.#parts.network.sourceFor(address);
    if (source === undefined || source.length !== address.length) return false;
    return this.#write(source, socket.at.port, address, to.port, datagram);
  }

  #sendFrom(local: Address, remote: Address, datagram: Bytes): boolean {
    return this.#write(parseAddress(local.address)!, local.port, parseAddress(remote.address)!, remote.port, datagram);
  }

  #write(source: Bytes, from: number, destination: Bytes, to: number, payload: Bytes): boolean {
    if (payload.length > LARGEST) return false;
    let isSent = false;
    this.#parts.enter(() => {
      const bytes = encodeUdp({ sourcePort: from, destinationPort: to, payload }, source, destination);
      isSent = this.#parts.output.send(PROTOCOL.UDP, source, destination, bytes);
    });
    return isSent;
  }

  #find(address: Bytes, port: number): UdpSocket | undefined {
    const all = this.#sockets.get(port);
    return (
      all?.find((each) => each.address !== undefined && sameAddress(each.address, address)) ??
      all?.find((each) => each.address === undefined)
    );
  }

  #socketAt(at: Address): UdpSocket | undefined {
    const address = parseAddress(at.address);
    return address && this.#find(address, at.port);
  }

  #ownAddress(text: string | undefined): Bytes | undefined {
    if (text === undefined) return undefined;
    const address = parseAddress(text);
    if (address === undefined) throw new HeddleError('HEDDLE_BAD_ADDRESS', `"${text}" is not an IP address`);
    if (address.every((byte) => byte === 0)) return undefined;
    if (!this.#parts.network.isOwn(address)) throw new HeddleError('EADDRNOTAVAIL', `${text} is not an address of this node`);
    return address;
  }

  #isTaken(address: Bytes | undefined, port: number): boolean {
    const all = this.#sockets.get(port) ?? [];
    return all.some((each) =>
      address === undefined || each.address === undefined ? address === each.address : sameAddress(each.address, address),
    );
  }

  #freePort(address: Bytes | undefined): number {
    const first = this.#parts.below(EPHEMERAL);
    for (let i = 0; i < EPHEMERAL; i++) {
      const port = FIRST_EPHEMERAL + ((first + i) % EPHEMERAL);
      if (!this.#isTaken(address, port)) return port;
    }
    throw new HeddleError('EADDRINUSE', 'all UDP ports are bound; close some');
  }

  #forget(socket: UdpSocket): void {
    const left = (this.#sockets.get(socket.at.port) ?? []).filter((each) => each !== socket);
    if (left.length > 0) this.#sockets.set(socket.at.port, left);
    else this.#sockets.delete(socket.at.port);
  }
}
