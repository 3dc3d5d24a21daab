import { HeddleError, type Token, token } from '@heddle/core';
import { Observable, Subject } from 'rxjs';
import type { NetcheckReport } from './pure/netcheck-report.js';

/** What the network lets this node do: `node.get(Netcheck)`. */
export interface NetcheckService {
  /** The latest report first, once there is one, then each new one. */
  readonly report$: Observable<NetcheckReport>;
  /** Asks every region now. Rejects with the signal's reason when it aborts first, and with HEDDLE_NOT_RUNNING when the Bind is not open. */
  check(signal?: AbortSignal): Promise<NetcheckReport>;
}

export const Netcheck: Token<NetcheckService> = token<NetcheckService>('@heddle/transport-udp/Netcheck');

/** Between who asks for reports and the Bind that makes them. */
export class NetcheckDesk implements NetcheckService {
  readonly report$: Observable<NetcheckReport>;
  readonly #reports = new Subject<NetcheckReport>();
  readonly #rounds = new Subject<NetcheckReport | HeddleError>();
  #latest: NetcheckReport | undefined;
  #begin: (() => void) | undefined;

  constructor() {
    this.report$ = new Observable((subscriber) => {
      if (this.#latest !== undefined) subscriber.next(this.#latest);
      return this.#reports.subscribe(subscriber);
    });
  }

  /** The Bind is open: `begin` starts a full round. */
  opened(begin: () => void): void {
    this.#begin = begin;
  }

  closed(): void {
    this.#begin = undefined;
    this.#rounds.next(notOpen());
  }

  /** A round is over, or something else in the report is new. */
  publish(report: NetcheckReport, ended: boolean): void {
    this.#latest = report;
    this.#reports.next(report);
    if (ended) this.#rounds.next(report);
  }

  check(signal?: AbortSignal): Promise<NetcheckReport> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#begin === undefined) return reject(notOpen());
      const settle = (): void => {
        waiting.unsubscribe();
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        settle();
        reject(signal?.reason);
      };
      const waiting = this.#rounds.subscribe((end) => {
        settle();
        if (end instanceof HeddleError) reject(end);
        else resolve(end);
      });
      signal?.addEventListener('abort', abort, { once: true });
      this.#begin();
    });
  }
}

function notOpen(): HeddleError {
  return new HeddleError('HEDDLE_NOT_RUNNING', 'the network can be checked while the node runs: start it first');
}
