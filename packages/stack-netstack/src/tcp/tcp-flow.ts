import type { Address, Bytes, Flow, FlowEvents } from '@heddle/core';
import { formatAddress, TCP_FLAG } from '@heddle/wire';
import { limitFinWait2 } from './arrive.js';
import { type Connection, NOTICE } from './connection.js';
import { armKeepAlive } from './handshake.js';
import { header } from './reset.js';
import { KEEP_ALIVE } from './tcp-settings.js';

/** Enters the stack: runs what the work causes, with the time of now. */
export type Enter = (work: (now: number) => void) => void;

/** A connection as its owner sees it. */
export class TcpFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #connection: Connection;
  readonly #enter: Enter;
  #events: FlowEvents | undefined;
  #isOver = false;
  #hasEnded = false;

  constructor(connection: Connection, enter: Enter) {
    const { tuple } = connection;
    this.#connection = connection;
    this.#enter = enter;
    this.local = { address: formatAddress(tuple.local), port: tuple.localPort };
    this.remote = { address: formatAddress(tuple.remote), port: tuple.remotePort };
  }

  write(bytes: Bytes): number {
    const c = this.#connection;
    if (c.send.fin !== 'none' || !isOpen(c)) return 0;
    const taken = c.send.write(bytes);
    if (taken > 0) this.#enter(() => c.host.wake(c));
    return taken;
  }

  read(into: Bytes): number {
    const c = this.#connection;
    const taken = c.receive.read(into);
    if (taken > 0) this.#enter((now) => this.#hasRead(taken, now));
    else if (c.receive.finished) return this.#end();
    return taken;
  }

  shutdown(): void {
    const c = this.#connection;
    if (c.send.fin !== 'none' || !isOpen(c)) return;
    c.send.fin = 'wanted';
    if (c.state === 'ESTABLISHED') c.state = 'FIN-WAIT-1';
    else if (c.state === 'CLOSE-WAIT') c.state = 'LAST-ACK';
    this.#enter(() => c.host.wake(c));
  }

  close(): void {
    const c = this.#connection;
    this.#events = undefined;
    if (c.receive.ready > 0 || c.state === 'SYN-SENT') {
      this.reset();
      return;
    }
    c.wishes.isAbandoned = true;
    this.shutdown();
    this.#enter((now) => limitFinWait2(c, now));
  }

  reset(): void {
    const c = this.#connection;
    if (!isOpen(c)) {
      c.receive.release();
      return;
    }
    this.#enter(() => {
      if (c.state !== 'SYN-SENT') c.host.segments.bare(c.tuple, header(c.send.next, c.receive.next, TCP_FLAG.RST | TCP_FLAG.ACK));
      c.end('aborted');
    });
  }

  on(events: FlowEvents): void {
    const c = this.#connection;
    this.#events = events;
    const isReadable = c.receive.ready > 0 || c.receive.finished;
    if (isReadable || isSettled(c)) this.#enter(() => c.host.notify(c, isReadable ? NOTICE.READABLE : NOTICE.CLOSED));
  }

  /** Sends small segments at once, or gathers them (Nagle). */
  setNoDelay(yes: boolean): void {
    this.#connection.wishes.noDelay = yes;
    this.#enter(() => this.#connection.host.wake(this.#connection));
  }

  setKeepAlive(yes: boolean, idle?: number): void {
    const c = this.#connection;
    const { interval, count, ...usual } = c.host.settings.keepAlive ?? KEEP_ALIVE;
    c.wishes.keepAlive = yes ? { idle: idle || usual.idle, interval, count } : undefined;
    if (!isOpen(c) || c.state === 'SYN-SENT' || c.state === 'SYN-RECEIVED') return;
    this.#enter((now) => {
      armKeepAlive(c, now);
      c.host.wake(c);
    });
  }

  /** Tells the owner, and whoever listens later. Nothing comes after closed. */
  notice(notices: number): void {
    if (this.#isOver || this.#events === undefined) return;
    if (notices & NOTICE.READABLE) this.#events.readable?.();
    if (notices & NOTICE.WRITABLE) this.#events.writable?.();
    this.#closeIfOver();
  }

  #end(): -1 {
    this.#hasEnded = true;
    if (!this.#isOver && isSettled(this.#connection)) this.#enter(() => this.#connection.host.notify(this.#connection, NOTICE.CLOSED));
    return -1;
  }

  /** In order only when the reader has had everything; an error does not wait for it. */
  #closeIfOver(): void {
    const c = this.#connection;
    if (this.#isOver || !isSettled(c)) return;
    if (c.error === undefined && c.receive.ready > 0 && !this.#hasEnded) return;
    this.#isOver = true;
    this.#events?.closed?.(c.error);
  }

  #hasRead(bytes: number, now: number): void {
    const c = this.#connection;
    c.receive.tuning.read(bytes, now, c.recovery.rtt.srtt);
    if (c.receive.ready === 0 && isSettled(c)) {
      c.receive.release();
      c.host.notify(c, NOTICE.CLOSED);
    }
    if (isOpen(c) && c.receive.offer(c.recovery.segment)) c.acknowledgeNow();
  }
}

function isOpen(c: Connection): boolean {
  return c.state !== 'CLOSED' && c.state !== 'TIME-WAIT';
}

/** Both directions are done. */
function isSettled(c: Connection): boolean {
  return !isOpen(c);
}
