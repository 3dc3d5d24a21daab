import type { Address, Claim } from '@heddle/core';
import { formatAddress, parseAddress, TCP_FLAG } from '@heddle/wire';
import { Interceptors } from '../interceptors.js';
import type { Network } from '../ip/network.js';
import type { Connection, ConnectionHost } from './connection.js';
import { defaultSegment, type FourTuple } from './four-tuple.js';
import { agree } from './handshake.js';
import { type Acceptor, type Listener, Listeners } from './listeners.js';
import { header, reset } from './reset.js';
import type { Secrets } from './secrets.js';
import type { Segment } from './segment.js';
import type { TcpLayer } from './tcp-layer.js';

const { SYN, RST, ACK } = TCP_FLAG;
/** Cookies are believed for so long after the last one was sent. */
const COOKIES_VALID = 128_000;

export interface NewcomerParts {
  readonly network: Network;
  readonly secrets: Secrets;
}

/** What happens to a segment of no connection: interceptors and listeners, the bounded backlog, SYN cookies, refusal. */
export class NewConnections {
  readonly listeners: Listeners = new Listeners();
  readonly interceptors: Interceptors;
  readonly #layer: TcpLayer & ConnectionHost;
  readonly #parts: NewcomerParts;
  #cookiesUntil = -Infinity;
  /** Of flows that interceptors claim. */
  #claimed = 0;

  constructor(layer: TcpLayer, parts: NewcomerParts) {
    this.#layer = layer;
    this.#parts = parts;
    this.interceptors = new Interceptors((reason) => layer.drop(reason));
  }

  /** A SYN, or something that belongs to nobody. */
  greet(tuple: FourTuple, hash: number, sequence: number, segment: Segment, now: number): Connection | undefined {
    if (!segment.has(SYN) || segment.has(RST) || segment.has(ACK)) return this.#stray(tuple, segment);
    const acceptor = this.#acceptorFor(tuple);
    if (acceptor === 'drop') return this.#dropped('intercepted');
    if (acceptor === 'refuse') return this.#refuse(tuple, segment);
    if (this.#layer.isFull) return this.#dropped('tcp-too-many');
    if (acceptor.halfOpen >= acceptor.backlog) return this.#sendCookie(tuple, segment, now);
    const connection = this.#open(tuple, hash, sequence, segment, acceptor, now);
    agree(connection, segment, now);
    return connection;
  }

  /** An ACK that may bring a cookie back. */
  redeem(tuple: FourTuple, hash: number, segment: Segment, now: number): Connection | undefined {
    const size = now < this.#cookiesUntil && !segment.has(RST) ? this.#openCookie(tuple, segment, now) : undefined;
    if (size === undefined) return this.#refuse(tuple, segment);
    const acceptor = this.#acceptorFor(tuple);
    if (acceptor === 'drop' || acceptor === 'refuse') return this.#refuse(tuple, segment);
    if (this.#layer.isFull) return this.#dropped('tcp-too-many');
    const connection = this.#open(tuple, hash, (segment.acknowledgment - 1) >>> 0, segment, acceptor, now);
    connection.options.peerSegment = size;
    connection.recovery.negotiated(Math.min(size, this.#layer.segmentTo(tuple)), false);
    connection.wantsSyn = false;
    connection.send.next = segment.acknowledgment;
    return connection;
  }

  #open(tuple: FourTuple, hash: number, sequence: number, segment: Segment, acceptor: Acceptor, now: number): Connection {
    const peerSequence = segment.has(SYN) ? segment.sequence : (segment.sequence - 1) >>> 0;
    const opening = { opened: acceptor.accept, failed: () => {}, acceptor };
    return this.#layer.open(tuple, hash, sequence, peerSequence, opening, now);
  }

  #openCookie(tuple: FourTuple, segment: Segment, now: number): number | undefined {
    return this.#parts.secrets.openCookie(tuple, (segment.sequence - 1) >>> 0, (segment.acknowledgment - 1) >>> 0, now);
  }

  /** The backlog is full: nothing is kept, all is in the sequence number, and no option is agreed on. */
  #sendCookie(tuple: FourTuple, segment: Segment, now: number): undefined {
    const mine = this.#layer.segmentTo(tuple);
    const theirs = segment.options.mss < 0 ? defaultSegment(tuple) : segment.options.mss;
    const cookie = this.#parts.secrets.cookie(tuple, segment.sequence, Math.min(mine, theirs), now);
    const answer = { ...header(cookie, (segment.sequence + 1) >>> 0, SYN | ACK), window: 0xffff, options: { mss: mine } };
    this.#layer.segments.bare(tuple, answer);
    this.#cookiesUntil = now + COOKIES_VALID;
    this.#layer.counts.cookies += 1;
    return this.#dropped('tcp-cookie-sent');
  }

  /** Interceptors first, then listeners; what is not for us is for nobody else. */
  #acceptorFor(tuple: FourTuple): Acceptor | 'refuse' | 'drop' {
    const claim = this.interceptors.isEmpty ? undefined : this.interceptors.decide(newFlow(tuple));
    if (claim !== undefined) return this.#acceptorOf(claim);
    return (this.#parts.network.isOwn(tuple.local) && this.listeners.find(tuple.local, tuple.localPort)) || 'refuse';
  }

  #acceptorOf(claim: Claim): Acceptor | 'refuse' | 'drop' {
    if (claim === 'refuse' || claim === 'drop') return claim;
    if ('redirect' in claim) return this.#listenerAt(claim.redirect) ?? 'refuse';
    const self = this;
    return {
      accept: claim.accept,
      backlog: this.#layer.settings.backlog,
      get halfOpen() {
        return self.#claimed;
      },
      set halfOpen(count) {
        self.#claimed = count;
      },
    };
  }

  #listenerAt(at: Address): Listener | undefined {
    const address = parseAddress(at.address);
    return address && this.listeners.find(address, at.port);
  }

  /** RFC 9293 3.10.7.2: who listens says nothing to what neither opens nor answers. */
  #stray(tuple: FourTuple, segment: Segment): undefined {
    const isNothing = !segment.has(SYN) && !segment.has(ACK);
    const isHeard = isNothing && this.#parts.network.isOwn(tuple.local) && this.listeners.find(tuple.local, tuple.localPort) !== undefined;
    return isHeard ? this.#dropped('tcp-no-connection') : this.#refuse(tuple, segment);
  }

  #refuse(tuple: FourTuple, segment: Segment): undefined {
    if (segment.has(SYN)) this.#layer.counts.refused += 1;
    if (!segment.has(RST)) reset(this.#layer.segments, tuple, segment);
    return this.#dropped('tcp-no-connection');
  }

  #dropped(reason: string): undefined {
    this.#layer.drop(reason);
    return undefined;
  }
}

function newFlow(tuple: FourTuple): { protocol: 'tcp'; local: Address; remote: Address } {
  return {
    protocol: 'tcp',
    local: { address: formatAddress(tuple.local), port: tuple.localPort },
    remote: { address: formatAddress(tuple.remote), port: tuple.remotePort },
  };
}
