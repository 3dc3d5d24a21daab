import type { Address, Clock, Flow, FlowLayer, HeddleNode, Peer } from '@heddle/core';
import type { IngressLimits } from './ingress-limits.js';
import { sourceOf, visitorAddress } from './visitor-address.js';
import { type VisitEnd, VisitorCall } from './visitor-call.js';

export interface IngressRelayParts {
  readonly node: Pick<HeddleNode, 'lookup' | 'whois'>;
  readonly flows: Pick<FlowLayer, 'connect'>;
  readonly clock: Clock;
  readonly limits: IngressLimits;
}

/** How visits ended, by how; `too-many`: they never began. */
export type IngressCounts = Readonly<Partial<Record<VisitEnd | 'too-many', number>>>;

const SCRATCH = 64 * 1024;

/** Brings visitors from the internet to the nodes of a tailnet, by the name in their first message of TLS. It ends no TLS and sees no clear text. */
export class IngressRelay {
  readonly #parts: IngressRelayParts;
  readonly #calls = new Set<VisitorCall>();
  readonly #bySource = new Map<string, number>();
  readonly #counts: Partial<Record<VisitEnd | 'too-many', number>> = {};
  readonly #scratch = new Uint8Array(SCRATCH);

  constructor(parts: IngressRelayParts) {
    this.#parts = parts;
  }

  /** Visitors now. */
  get visitors(): number {
    return this.#calls.size;
  }

  get counts(): IngressCounts {
    return { ...this.#counts };
  }

  /** A visitor has come to a port. */
  receive(visitor: Flow, port: number): void {
    const from = visitorAddress(visitor.remote);
    const source = sourceOf(from.address);
    const { clock, limits, flows } = this.#parts;
    if (this.#calls.size >= limits.visitors || this.#from(source) >= limits.visitorsPerSource) {
      visitor.reset();
      return this.#count('too-many');
    }
    this.#bySource.set(source, this.#from(source) + 1);
    let over = false;
    let call: VisitorCall | undefined;
    const done = (end: VisitEnd): void => {
      over = true;
      if (call !== undefined) this.#calls.delete(call);
      this.#left(source);
      this.#count(end);
    };
    const connect = (to: Address, signal: AbortSignal): Promise<Flow> => flows.connect!(to, { signal });
    const find = (name: string): Address | undefined => this.#find(name);
    call = new VisitorCall(visitor, { clock, limits, from, port, scratch: this.#scratch, find, connect, done });
    if (!over) this.#calls.add(call);
  }

  /** Cuts all visitors off. */
  close(): void {
    for (const call of [...this.#calls]) call.abort();
  }

  #find(name: string): Address | undefined {
    for (const address of this.#parts.node.lookup(name)) {
      const peer = this.#parts.node.whois(address)?.peer;
      if (peer !== undefined && bareName(peer.name) === name) return peerApiOf(peer);
    }
    return undefined;
  }

  #from(source: string): number {
    return this.#bySource.get(source) ?? 0;
  }

  #left(source: string): void {
    const left = this.#from(source) - 1;
    if (left > 0) this.#bySource.set(source, left);
    else this.#bySource.delete(source);
  }

  #count(end: VisitEnd | 'too-many'): void {
    this.#counts[end] = (this.#counts[end] ?? 0) + 1;
  }
}

/** Where a peer says that its PeerAPI is; over IPv4 where it has both. */
function peerApiOf({ addresses, services = [] }: Peer): Address | undefined {
  for (const [protocol, six] of [
    ['peerapi4', false],
    ['peerapi6', true],
  ] as const) {
    const port = services.find((service) => service.protocol === protocol)?.port ?? 0;
    const address = addresses.find((text) => text.includes(':') === six)?.split('/')[0];
    if (port > 0 && address !== undefined) return { address, port };
  }
  return undefined;
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
