import type { Claim, Clock, Flow, FlowLayer, HeddleNode, Ingress, Logger, NewFlow, Offer, Offers } from '@heddle/core';
import { Subscription } from 'rxjs';
import { ownAddresses } from '../own-addresses.js';
import { type Caller, type IngressFacts, type IngressTrust, isIngressPeer, judgeRequest, type Verdict } from './ingress-rules.js';
import { peerApiPort } from './peer-api-port.js';
import { PeerConnection } from './peer-connection.js';
import type { RequestHead } from './request-head.js';
import type { VisitorDoor } from './visitor-door.js';
import { VisitorFlow } from './visitor-flow.js';

export interface PeerApiParts {
  readonly node: Pick<HeddleNode, 'netmap$' | 'whois' | 'preferences'>;
  readonly flows: Pick<FlowLayer, 'intercept'>;
  readonly offers: Offers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly door: VisitorDoor;
}

export interface PeerApiOptions {
  /** Port of the PeerAPI. Undefined: the one that follows from the first address. */
  readonly port: number | undefined;
  readonly trust: IngressTrust | undefined;
  /** Milliseconds that a head may take. */
  readonly patience: number;
  /** Connections without a verdict at a time. */
  readonly undecided: number;
}

/** What has become of connections to the PeerAPI. */
export interface IngressCounts {
  /** Visitors let in. */
  readonly visitors: number;
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, number>>;
  /** Ended without an answer: by the other side, from nobody we know, or one too many. */
  readonly broken: number;
}

/** The node's PeerAPI: listens on its own addresses, is announced, and lets visitors in who may enter. */
export class PeerApi {
  readonly #parts: PeerApiParts;
  readonly #options: PeerApiOptions;
  readonly #undecided = new Map<PeerConnection, string>();
  readonly #answers: Record<number, number> = {};
  #running = new Subscription();
  #addresses: readonly string[] = [];
  #own: IngressFacts['own'];
  #port = 0;
  #ingress: Ingress = 'off';
  #withdraw = (): void => {};
  #visitors = 0;
  #broken = 0;

  constructor(parts: PeerApiParts, options: PeerApiOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get counts(): IngressCounts {
    return { visitors: this.#visitors, answers: { ...this.#answers }, broken: this.#broken };
  }

  start(): void {
    const { node, flows, door } = this.#parts;
    const decide = (flow: NewFlow): Claim | undefined =>
      this.#isForUs(flow) ? { accept: (accepted) => this.#accept(accepted) } : undefined;
    this.#running = new Subscription(flows.intercept!(decide));
    this.#running.add(door.ingress$.subscribe((ingress) => this.#offer({ ingress })));
    this.#running.add(
      node.netmap$.subscribe(({ map: { self } }) => {
        this.#own = self?.node?.capabilities;
        this.#offer({ addresses: ownAddresses(self) });
      }),
    );
  }

  stop(): void {
    this.#running.unsubscribe();
    this.#withdraw();
    for (const connection of [...this.#undecided.keys()]) connection.abort();
  }

  /** The new offer stands before the old one goes, so that the port is never shut in between. */
  #offer({ addresses = this.#addresses, ingress = this.#ingress }): void {
    if (ingress === this.#ingress && addresses.join() === this.#addresses.join()) return;
    this.#addresses = addresses;
    this.#ingress = ingress;
    this.#port = this.#options.port ?? peerApiPort(addresses[0] ?? '') ?? 0;
    const withdraw = this.#withdraw;
    this.#withdraw = this.#port === 0 ? () => {} : this.#parts.offers.add(offerOf(this.#port, addresses, ingress));
    withdraw();
  }

  #isForUs({ protocol, local }: NewFlow): boolean {
    return protocol === 'tcp' && local.port === this.#port && this.#addresses.includes(local.address);
  }

  #accept(flow: Flow): void {
    const who = this.#parts.node.whois(flow.remote.address);
    const caller = who && { id: who.peer.id, tags: who.tags, capabilities: who.capabilities };
    if (caller === undefined || !this.#hasRoom(caller)) {
      this.#broken += 1;
      return flow.reset();
    }
    const { clock } = this.#parts;
    const judge = (head: RequestHead): Verdict => judgeRequest(head, { ...this.#facts(), caller });
    let over = false;
    const done = (verdict: Verdict | undefined): void => {
      over = true;
      if (connection !== undefined) this.#undecided.delete(connection);
      this.#settle(flow, verdict, caller.id);
    };
    let connection: PeerConnection | undefined;
    connection = new PeerConnection(flow, { clock, patience: this.#options.patience, judge, done });
    if (!over) this.#undecided.set(connection, caller.id);
  }

  /** A peer that brings nobody has an eighth of the room, so that it cannot keep visitors out. */
  #hasRoom(caller: Caller): boolean {
    const { undecided, trust } = this.#options;
    if (this.#undecided.size >= undecided) return false;
    if (isIngressPeer({ caller, trust })) return true;
    return [...this.#undecided.values()].filter((id) => id === caller.id).length < undecided / 8;
  }

  #facts(): Omit<IngressFacts, 'caller'> {
    const { node, door } = this.#parts;
    return {
      addresses: this.#addresses,
      own: this.#own,
      shieldsUp: node.preferences.value.shieldsUp,
      trust: this.#options.trust,
      serves: (target) => door.isOpenFor(target),
    };
  }

  #settle(flow: Flow, verdict: Verdict | undefined, peer: string): void {
    if (verdict === undefined) this.#broken += 1;
    else if (verdict.is === 'visitor') this.#enter(flow, verdict);
    else {
      this.#answers[verdict.status] = (this.#answers[verdict.status] ?? 0) + 1;
      this.#parts.log.debug({ peer, status: verdict.status, text: verdict.text }, 'a peer was answered by the PeerAPI');
    }
  }

  #enter(flow: Flow, { from, target }: Extract<Verdict, { is: 'visitor' }>): void {
    this.#visitors += 1;
    this.#parts.door.enter(target, new VisitorFlow(flow, from, target.port));
  }
}

function offerOf(port: number, addresses: readonly string[], ingress: Ingress): Offer {
  const four = addresses.some((address) => !address.includes(':'));
  const six = addresses.some((address) => address.includes(':'));
  const services = [...(four ? ['peerapi4'] : []), ...(six ? ['peerapi6'] : [])];
  return { services: services.map((protocol) => ({ protocol, port })), admits: [port], ingress };
}
