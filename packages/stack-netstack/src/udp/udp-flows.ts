import type { Address, Bytes } from '@heddle/core';
import type { Interceptors } from '../interceptors.js';
import { DueQueue } from '../time/due-queue.js';
import { UDP_IDLE, UdpFlow } from './udp-flow.js';
import type { UdpSocket } from './udp-socket.js';

const MOST = 4_096;

export interface UdpFlowParts {
  readonly interceptors: Interceptors;
  readonly drop: (reason: string) => void;
  readonly send: (local: Address, remote: Address, datagram: Bytes) => boolean;
  readonly socketAt: (at: Address) => UdpSocket | undefined;
}

interface Claimed {
  readonly flow: UdpFlow;
  /** Redirected: this port receives, and answers as if it were the one that was asked. */
  readonly socket: UdpSocket | undefined;
}

/** Flows of datagrams that interceptors took, until they fall silent. */
export class UdpFlows {
  readonly #parts: UdpFlowParts;
  readonly #flows = new Map<string, Claimed>();
  readonly #redirects = new Map<UdpSocket, Map<string, Address>>();
  readonly #due = new DueQueue<UdpFlow>();

  constructor(parts: UdpFlowParts) {
    this.#parts = parts;
  }

  get nextDeadline(): number {
    return this.#due.next;
  }

  tick(now: number): void {
    for (let flow = this.#due.takeDue(now); flow !== undefined; flow = this.#due.takeDue(now)) flow.end(undefined);
  }

  /** False: nobody wants it. */
  input(local: Address, remote: Address, datagram: Bytes, now: number): boolean {
    if (this.#flows.size === 0 && this.#parts.interceptors.isEmpty) return false;
    const key = keyOf(local, remote);
    const known = this.#flows.get(key);
    if (known !== undefined) return this.#hand(known, datagram, now);
    const claim = this.#parts.interceptors.decide({ protocol: 'udp', local, remote });
    if (claim === undefined || claim === 'refuse') return false;
    if (claim === 'drop') return this.#dropped('intercepted');
    if (this.#flows.size >= MOST) return this.#dropped('udp-too-many');
    const socket = 'redirect' in claim ? this.#parts.socketAt(claim.redirect) : undefined;
    if ('redirect' in claim && socket === undefined) return false;
    const claimed = this.#begin(key, local, remote, socket);
    if ('accept' in claim) this.#guarded(() => claim.accept(claimed.flow));
    return this.#hand(claimed, datagram, now);
  }

  /** From where a port that receives redirected datagrams answers this sender. */
  localOf(socket: UdpSocket, to: Address): Address | undefined {
    return this.#redirects.get(socket)?.get(placeOf(to));
  }

  close(): void {
    for (const { flow } of [...this.#flows.values()]) this.#guarded(() => flow.end('aborted'));
    this.#due.clear();
  }

  #begin(key: string, local: Address, remote: Address, socket: UdpSocket | undefined): Claimed {
    const flow = new UdpFlow(
      local,
      remote,
      (datagram) => this.#parts.send(local, remote, datagram),
      () => this.#forget(key, socket, remote),
    );
    const claimed = { flow, socket };
    this.#flows.set(key, claimed);
    if (socket !== undefined) this.#redirectsOf(socket).set(placeOf(remote), local);
    return claimed;
  }

  #redirectsOf(socket: UdpSocket): Map<string, Address> {
    const known = this.#redirects.get(socket) ?? new Map<string, Address>();
    this.#redirects.set(socket, known);
    return known;
  }

  #hand(claimed: Claimed, datagram: Bytes, now: number): true {
    const { flow, socket } = claimed;
    flow.deadlines.next = now + UDP_IDLE;
    this.#due.update(flow);
    this.#guarded(() => {
      if (socket !== undefined) socket.receive(datagram, flow.remote);
      else if (!flow.receive(datagram)) this.#parts.drop('udp-queue-full');
    });
    return true;
  }

  #forget(key: string, socket: UdpSocket | undefined, remote: Address): void {
    const flow = this.#flows.get(key)?.flow;
    if (flow !== undefined) flow.deadlines.next = Infinity;
    this.#flows.delete(key);
    const redirects = socket && this.#redirects.get(socket);
    redirects?.delete(placeOf(remote));
    if (socket !== undefined && redirects?.size === 0) this.#redirects.delete(socket);
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch {
      this.#parts.drop('udp-handler-fault');
    }
  }

  #dropped(reason: string): true {
    this.#parts.drop(reason);
    return true;
  }
}

function keyOf(local: Address, remote: Address): string {
  return `${placeOf(local)}>${placeOf(remote)}`;
}

function placeOf(at: Address): string {
  return `${at.address}|${at.port}`;
}
