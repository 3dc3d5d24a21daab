import type { Clock, Health, Logger } from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Certificate, CertificateSource } from '../certificate-source.js';
import type { Issued, KeptCertificates } from './kept-certificates.js';
import { NameKeeper, type Trouble } from './name-keeper.js';
import { OrderFault } from './order-fault.js';
import type { PauseRules } from './order-pauses.js';
import { Turns } from './turns.js';

export interface CertificateKeeperGround {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kept: KeptCertificates;
  readonly pauses: PauseRules;
  /** From 0 up to, but not including, 1. */
  chance(): number;
  order(name: string, signal: AbortSignal): Promise<Issued>;
  challenge(name: string): Certificate | undefined;
}

/** A CA should not see a node with many names as a flood. */
const ORDERS_AT_ONCE = 4;

/** Certificates that are ordered: of names that are served, and of no other, so that a stranger who asks for a name orders nothing. */
export class CertificateKeeper implements CertificateSource {
  readonly health$: Observable<Health>;
  readonly #ground: CertificateKeeperGround;
  readonly #turns = new Turns(ORDERS_AT_ONCE);
  readonly #names = new Map<string, NameKeeper>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #health: BehaviorSubject<Health>;

  constructor(ground: CertificateKeeperGround) {
    this.#ground = ground;
    this.#health = new BehaviorSubject<Health>({ ok: true, since: ground.clock.now() });
    this.health$ = this.#health.asObservable();
  }

  async for(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Certificate | undefined> {
    signal?.throwIfAborted();
    const keeper = this.#names.get(name);
    return keeper?.isWanted === true ? bounded(keeper.get(), signal) : undefined;
  }

  /** When the certificates of the names that are served end, in wall-clock milliseconds. */
  get ends(): ReadonlyMap<string, number> {
    const wanted = [...this.#names].filter(([, { isWanted }]) => isWanted);
    return new Map(wanted.flatMap(([name, { endsAt }]) => (endsAt === undefined ? [] : [[name, endsAt]])));
  }

  announce(names: readonly string[]): void {
    for (const [name, keeper] of this.#names) if (!names.includes(name)) keeper.want(false);
    for (const name of names) this.#keeperOf(name).want(true);
  }

  challenge(name: string): Certificate | undefined {
    return this.#ground.challenge(name);
  }

  /** Orders anew now. Rejects with an OrderFault when nothing comes of it; the certificate before stays in use. */
  async renew(name: string): Promise<void> {
    const keeper = this.#names.get(name);
    if (keeper?.isWanted !== true) throw new OrderFault(`${name} is not served with TLS here: only such names are renewed`);
    await keeper.renew();
  }

  stop(): void {
    for (const keeper of this.#names.values()) keeper.stop();
    this.#health.complete();
  }

  #keeperOf(name: string): NameKeeper {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const keeper = new NameKeeper(name, {
      ...this.#ground,
      chance: () => this.#ground.chance(),
      order: (one, signal) => this.#turns.run(() => this.#ground.order(one, signal)),
      trouble: (one, trouble) => this.#trouble(one, trouble),
    });
    this.#names.set(name, keeper);
    return keeper;
  }

  #trouble(name: string, trouble: Trouble | undefined): void {
    if (trouble === undefined) this.#troubles.delete(name);
    else this.#troubles.set(name, trouble);
    const [first] = this.#troubles.values();
    const now = this.#ground.clock.now();
    if (first === undefined && this.#health.value.ok) return;
    this.#health.next(first === undefined ? { ok: true, since: now } : { ok: false, ...first, since: now });
  }
}

/** The wait of one handshake ends with its signal; the order goes on. */
function bounded<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
