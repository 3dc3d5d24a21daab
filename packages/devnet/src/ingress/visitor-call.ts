import type { Address, Bytes, Clock, Flow } from '@heddle/core';
import { fatalAlert } from '@heddle/funnel';
import { judgeFirstBytes } from './first-bytes.js';
import type { IngressLimits } from './ingress-limits.js';
import { AnswerReader, encodeIngressRequest, SWITCHING } from './peer-upgrade.js';
import { Splice } from './splice.js';

/** How a visit ended. */
export type VisitEnd = 'served' | 'http' | 'garbage' | 'nameless' | 'unknown-name' | 'refused' | 'unreachable' | 'slow' | 'gone';

export interface VisitorCallParts {
  readonly clock: Clock;
  readonly limits: IngressLimits;
  /** Who the visitor is, as nodes are told it. */
  readonly from: Address;
  /** The port that he came to, likewise. */
  readonly port: number;
  readonly scratch: Bytes;
  /** The PeerAPI of the node with this name; undefined: there is none. */
  find(name: string): Address | undefined;
  connect(to: Address, signal: AbortSignal): Promise<Flow>;
  done(end: VisitEnd): void;
}

const NOTHING = new Uint8Array(0);
const PLAIN = 'This port speaks TLS: write https:// in front of the name.\n';
const TO_HTTP = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${PLAIN.length}\r\nConnection: close\r\n\r\n${PLAIN}`;

/** One visitor: his first bytes say whom he wants, that node is asked, and then his bytes go to it and its bytes to him. */
export class VisitorCall {
  readonly #visitor: Flow;
  readonly #parts: VisitorCallParts;
  readonly #giveUp = new AbortController();
  #hello: Bytes = NOTHING;
  #peer: Flow | undefined;
  #splice: Splice | undefined;
  #cancel: () => void = () => {};
  #over = false;

  constructor(visitor: Flow, parts: VisitorCallParts) {
    this.#visitor = visitor;
    this.#parts = parts;
    this.#within(parts.limits.hello, 'slow', NOTHING);
    visitor.on({ readable: () => this.#read(), closed: () => this.#leave('gone') });
    this.#read();
  }

  /** Cuts everything. */
  abort(): void {
    if (this.#splice !== undefined) this.#splice.abort();
    else this.#leave('gone');
  }

  #read(): void {
    const { scratch, limits } = this.#parts;
    while (!this.#over) {
      const count = this.#visitor.read(scratch.subarray(0, limits.helloBytes - this.#hello.length));
      if (count === 0 && this.#hello.length < limits.helloBytes) return;
      if (count < 0) return this.#leave('gone');
      this.#hello = joined(this.#hello, scratch.subarray(0, count));
      if (this.#judge(count === 0)) return;
    }
  }

  /** True when there is nothing more to be read for now. */
  #judge(full: boolean): boolean {
    const said = judgeFirstBytes(this.#hello);
    if (said === 'more' && !full) return false;
    if (said === 'http') this.#answer('http', new TextEncoder().encode(TO_HTTP));
    else if (said === 'more' || said === 'garbage') this.#answer('garbage', NOTHING);
    else if (said === 'nameless') this.#answer('nameless', fatalAlert('unrecognized_name'));
    else void this.#bring(said.name);
    return true;
  }

  async #bring(name: string): Promise<void> {
    const at = this.#parts.find(name);
    if (at === undefined) return this.#answer('unknown-name', fatalAlert('unrecognized_name'));
    this.#within(this.#parts.limits.dial, 'unreachable', fatalAlert('internal_error'));
    this.#visitor.on({ closed: () => this.#leave('gone') });
    try {
      const peer = await this.#parts.connect(at, this.#giveUp.signal);
      if (this.#over) return peer.reset();
      this.#ask(peer, name);
    } catch {
      this.#answer('unreachable', fatalAlert('internal_error'));
    }
  }

  #ask(peer: Flow, name: string): void {
    const answer = new AnswerReader();
    this.#peer = peer;
    peer.on({ readable: () => this.#hear(peer, answer), closed: () => this.#answer('unreachable', fatalAlert('internal_error')) });
    const request = encodeIngressRequest(this.#parts.from, name, this.#parts.port);
    if (peer.write(request) < request.length) return this.#answer('unreachable', fatalAlert('internal_error'));
    this.#hear(peer, answer);
  }

  /** Byte by byte, so that nothing of what follows the answer is read. */
  #hear(peer: Flow, answer: AnswerReader): void {
    const one = this.#parts.scratch.subarray(0, 1);
    while (!this.#over && this.#splice === undefined) {
      const count = peer.read(one);
      if (count === 0) return;
      const said = count < 0 ? 'bad' : answer.push(one);
      if (said === 'bad') return this.#answer('unreachable', fatalAlert('internal_error'));
      if (said?.status === SWITCHING) return this.#join(peer);
      // Nobody is told what a node has and does not show.
      if (said !== undefined) return this.#answer('refused', fatalAlert('unrecognized_name'));
    }
  }

  #join(peer: Flow): void {
    const { clock, limits, scratch } = this.#parts;
    this.#cancel();
    const done = (): void => this.#finish('served');
    // It may be over before the constructor has returned.
    this.#splice = new Splice(this.#visitor, peer, this.#hello, { clock, idle: limits.idle, scratch, done });
  }

  #within(milliseconds: number, end: VisitEnd, last: Bytes): void {
    this.#cancel();
    const { clock } = this.#parts;
    this.#cancel = clock.at(clock.now() + milliseconds, () => this.#answer(end, last));
  }

  /** The visitor hears this, and that was it. */
  #answer(end: VisitEnd, last: Bytes): void {
    if (this.#over) return;
    this.#visitor.on({});
    this.#visitor.write(last);
    this.#visitor.close();
    this.#dropPeer();
    this.#finish(end);
  }

  #leave(end: VisitEnd): void {
    if (this.#over) return;
    this.#visitor.reset();
    this.#dropPeer();
    this.#finish(end);
  }

  #dropPeer(): void {
    this.#giveUp.abort();
    this.#peer?.on({});
    this.#peer?.reset();
  }

  #finish(end: VisitEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.#parts.done(end);
  }
}

function joined(before: Bytes, more: Bytes): Bytes {
  const whole = new Uint8Array(before.length + more.length);
  whole.set(before);
  whole.set(more, before.length);
  return whole;
}
