import {
  type Control,
  type ControlContext,
  type ControlState,
  type Health,
  HeddleError,
  type NetmapChange,
  NetmapStream,
  type SelfUpdate,
  type TextRecord,
} from '@heddle/core';
import { PublicKey } from '@heddle/crypto';
import type { Observable } from 'rxjs';
import type { Ts2021Numbers } from '../counters.js';
import { faultOf } from '../dial/fault.js';
import type { Condition } from '../health/health-board.js';
import type { Ts2021 } from '../ts2021.js';
import { Board } from './board.js';
import { type ControlGiven, Works } from './works.js';

/** How long an ephemeral node says goodbye when it closes. */
const GOODBYE_WITHIN = 2_000;

/** A node of a tailnet, as its control server sees it: the Control, and what it can do beyond that contract. */
export class Ts2021Control implements Control, Ts2021 {
  readonly contract = 1;
  readonly netmap$: Observable<NetmapChange>;
  readonly state$: Observable<ControlState>;
  readonly health$: Observable<Health>;
  readonly conditions$: Observable<readonly Condition[]>;
  readonly #given: ControlGiven;
  readonly #netmap = new NetmapStream();
  readonly #board: Board;
  #works: Works | undefined;
  #running: Promise<void> = Promise.resolve();
  #context: ControlContext | undefined;
  #published: SelfUpdate = {};
  #life: 'made' | 'open' | 'closed' = 'made';

  constructor(given: ControlGiven) {
    this.#given = given;
    this.#board = new Board({ now: () => this.#context?.clock.now() ?? 0 });
    this.netmap$ = this.#netmap.changes$;
    this.state$ = this.#board.state$;
    this.health$ = this.#board.health$;
    this.conditions$ = this.#board.conditions$;
  }

  /** For who counts; undefined before it is open. */
  get numbers(): Ts2021Numbers | undefined {
    const [works, context] = [this.#works, this.#context];
    return works && context && { ...works.counts, connections: works.link.made, now: context.clock.now() };
  }

  async open(context: ControlContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#life !== 'made') throw new HeddleError('HEDDLE_NOT_RUNNING', 'a Control is opened once; make a new one');
    this.#life = 'open';
    this.#context = context;
    const works = new Works(this.#given, context, { board: this.#board, netmap: this.#netmap });
    this.#works = works;
    works.publish(this.#published);
    this.#board.state({ is: 'offline', reason: 'asking the control server' });
    works.keeper.restore();
    this.#running = works.life.run();
  }

  async close(): Promise<void> {
    if (this.#life === 'closed') return;
    const works = this.#life === 'open' ? this.#works : undefined;
    this.#life = 'closed';
    if (works !== undefined) {
      await this.#sayGoodbye(works);
      await works.close();
      await this.#running;
    }
    this.#netmap.complete();
    this.#board.complete();
  }

  publish(update: SelfUpdate): void {
    this.#published = { ...this.#published, ...update };
    if (this.#life === 'open') this.#works?.publish(update);
  }

  async login({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted();
    const done = this.#open().life.login();
    if (signal === undefined) return done.catch(thrown);
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    await Promise.race([done.catch(thrown), aborted]);
  }

  async logout(): Promise<void> {
    const works = this.#open();
    const never = new AbortController().signal;
    await works.registrar.logout(never).catch(thrown);
    works.life.loggedOut();
    await works.forget();
    await this.#given.identity.rotateNodeKey();
    this.#board.login(undefined);
  }

  async setDns(record: TextRecord, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const works = this.#open();
    await works.setDns(record, signal ?? new AbortController().signal).catch((reason: unknown) => {
      signal?.throwIfAborted();
      return thrown(reason);
    });
  }

  get serverKey(): string | undefined {
    return this.#works?.pin.pinned?.toString();
  }

  async acceptServerKey(key: string): Promise<void> {
    const works = this.#open();
    await works.pin.pin(PublicKey.parse('machine', key));
    works.link.drop();
    works.life.again();
  }

  #open(): Works {
    if (this.#life === 'open' && this.#works !== undefined) return this.#works;
    throw new HeddleError('HEDDLE_NOT_RUNNING', 'the control of this node is not open: start the node first');
  }

  /** A server forgets an ephemeral node at once when it says that it goes, and after minutes when it is only silent. */
  async #sayGoodbye(works: Works): Promise<void> {
    const { nodeKey } = works;
    if (!this.#given.ephemeral || works.life.isLoggedOut || nodeKey === undefined || !works.record.knows(nodeKey)) return;
    const never = new AbortController().signal;
    await works.registrar.logout(never, GOODBYE_WITHIN).catch(() => {});
  }
}

/** A fault on its way out becomes an error of the table. */
function thrown(reason: unknown): never {
  const fault = faultOf(reason);
  throw new HeddleError(fault.code, fault.message, { cause: fault.details.cause });
}
