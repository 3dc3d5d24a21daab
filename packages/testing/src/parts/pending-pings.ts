import { type Clock, HeddleError } from '@heddle/core';

interface PendingPing {
  readonly address: string;
  readonly sentAt: number;
  readonly clock: Clock;
  resolve(milliseconds: number): void;
  reject(reason: unknown): void;
}

const MOST_PINGS = 4096;
/** Identifier 1, sequence 1. */
const FIRST = 0x1_0001;

/** Echo requests that wait for their answer, by identifier and sequence. */
export class PendingPings {
  readonly #pending = new Map<number, PendingPing>();
  #next = FIRST;

  /** Sends with a fresh identifier and sequence and resolves with the milliseconds until the answer. */
  start(
    address: string,
    clock: Clock,
    signal: AbortSignal | undefined,
    send: (identifier: number, sequence: number) => void,
  ): Promise<number> {
    if (this.#pending.size >= MOST_PINGS)
      throw new HeddleError('EMFILE', `${MOST_PINGS} pings wait for an answer; abort some with their signal`);
    const key = this.#next;
    this.#next = (this.#next + 1) >>> 0;
    const { promise, resolve, reject } = withResolvers();
    const abort = (): void => this.#take(key)?.reject(signal!.reason);
    this.#pending.set(key, { address, sentAt: clock.now(), clock, resolve, reject });
    signal?.addEventListener('abort', abort, { once: true });
    send(key >>> 16, key & 0xffff);
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** An answer from another address than was asked, or a second one, does nothing. */
  answered(from: string, identifier: number, sequence: number): void {
    const key = ((identifier << 16) | sequence) >>> 0;
    const ping = this.#pending.get(key);
    if (ping?.address !== from) return;
    this.#take(key);
    ping.resolve(ping.clock.now() - ping.sentAt);
  }

  close(): void {
    for (const key of [...this.#pending.keys()])
      this.#take(key)?.reject(new HeddleError('HEDDLE_NOT_RUNNING', 'the memory host was closed before the echo came back'));
  }

  #take(key: number): PendingPing | undefined {
    const ping = this.#pending.get(key);
    this.#pending.delete(key);
    return ping;
  }
}

interface Resolvers {
  readonly promise: Promise<number>;
  readonly resolve: (milliseconds: number) => void;
  readonly reject: (reason: unknown) => void;
}

function withResolvers(): Resolvers {
  let resolve: Resolvers['resolve'] = () => {};
  let reject: Resolvers['reject'] = () => {};
  const promise = new Promise<number>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
