import { BehaviorSubject, type Observable } from 'rxjs';
import type { Bind, BindSettings, BindTraits, PartContext } from '../contracts/bind.js';
import type { PacketBatch } from '../contracts/packets.js';
import type { LocalEndpoint, Remote } from '../contracts/remote.js';
import type { Health } from '../contracts/surroundings.js';
import { PacketStream } from '../packets/packet-stream.js';
import { type RemoteParts, RemoteTable } from '../packets/remote-table.js';

/** What a Bind's own code is given while it is open. */
export interface BindHandle {
  readonly context: PartContext;
  /** Aborts when the Bind must stop opening, and when it closes. */
  readonly signal: AbortSignal;
  /** The interned remote `scheme:rest`. */
  remote(rest: string, make: () => RemoteParts): Remote;
  /** Hands received datagrams of one remote to core. Nothing happens after close. */
  deliver(batch: PacketBatch): void;
  writable(yes: boolean): void;
  endpoints(list: readonly LocalEndpoint[]): void;
  health(ok: boolean, code?: string, text?: string): void;
}

/** A Bind is its I/O: everything else is supplied. */
export interface BindSpec<S> {
  readonly scheme: string;
  readonly traits?: Partial<BindTraits>;
  /** Makes what `send` and `close` need. May throw; then nothing may be left open. */
  open(handle: BindHandle): Promise<S> | S;
  /** How many packets were taken, from the first on. */
  send(state: S, to: Remote, batch: PacketBatch): number;
  close(state: S): Promise<void> | void;
  /** `rest` is what follows `scheme:`. Undefined: not a place of this Bind. */
  parse(rest: string): RemoteParts | undefined;
  configure?(state: S, settings: BindSettings): Promise<void>;
  poke?(state: S): void;
}

const NO_WISHES: BindTraits = { relay: false, largestDatagram: 65_507, headroom: 0, tailroom: 0 };

/** A Bind from its I/O. Streams, life cycle, interning and the guard against use after close are supplied. */
export function defineBind<S>(spec: BindSpec<S>): Bind {
  return new DefinedBind(spec);
}

class DefinedBind<S> implements Bind {
  readonly contract = 1;
  readonly scheme: string;
  readonly traits: BindTraits;
  readonly localEndpoints$: Observable<readonly LocalEndpoint[]>;
  readonly health$: Observable<Health>;
  readonly writable$: Observable<boolean>;
  readonly #spec: BindSpec<S>;
  readonly #remotes: RemoteTable;
  readonly #datagrams = new PacketStream<PacketBatch>();
  readonly #endpoints = new BehaviorSubject<readonly LocalEndpoint[]>([]);
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #writable = new BehaviorSubject(true);
  readonly #closing = new AbortController();
  #state: { readonly value: S } | undefined;
  #opening: Promise<void> | undefined;

  constructor(spec: BindSpec<S>) {
    this.#spec = spec;
    this.scheme = spec.scheme;
    this.traits = { ...NO_WISHES, ...spec.traits };
    this.#remotes = new RemoteTable(spec.scheme);
    this.localEndpoints$ = this.#endpoints.asObservable();
    this.health$ = this.#health.asObservable();
    this.writable$ = this.#writable.asObservable();
  }

  get datagrams$(): Observable<PacketBatch> {
    return this.#datagrams.stream$;
  }

  open(context: PartContext, signal: AbortSignal): Promise<void> {
    this.#opening ??= this.#open(context, AbortSignal.any([signal, this.#closing.signal]));
    return this.#opening;
  }

  async #open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const value = await unlessAborted(signal, Promise.resolve(this.#spec.open(this.#handle(context, signal))), this.#spec.close);
    this.#state = { value };
  }

  async close(): Promise<void> {
    const first = !this.#closing.signal.aborted;
    this.#closing.abort();
    await this.#opening?.catch(() => {});
    const state = this.#state;
    this.#state = undefined;
    if (state !== undefined) await this.#spec.close(state.value);
    if (!first) return;
    this.#datagrams.complete();
    for (const subject of [this.#endpoints, this.#health, this.#writable]) subject.complete();
  }

  send(to: Remote, batch: PacketBatch): number {
    return this.#state === undefined || to.scheme !== this.scheme ? 0 : this.#spec.send(this.#state.value, to, batch);
  }

  parse(text: string): Remote | undefined {
    if (!text.startsWith(`${this.scheme}:`)) return undefined;
    const rest = text.slice(this.scheme.length + 1);
    const parts = this.#spec.parse(rest);
    return parts && this.#remotes.intern(rest, () => parts);
  }

  async configure(settings: BindSettings): Promise<void> {
    if (this.#state !== undefined) await this.#spec.configure?.(this.#state.value, settings);
  }

  poke(): void {
    if (this.#state !== undefined) this.#spec.poke?.(this.#state.value);
  }

  #handle(context: PartContext, signal: AbortSignal): BindHandle {
    return {
      context,
      signal,
      remote: (rest, make) => this.#remotes.intern(rest, make),
      deliver: (batch) => {
        if (!this.#closing.signal.aborted) this.#datagrams.emit(batch);
      },
      writable: (yes) => {
        if (yes !== this.#writable.value) this.#writable.next(yes);
      },
      endpoints: (list) => this.#endpoints.next(list),
      health: (ok, code, text) =>
        this.#health.next({ ok, since: context.clock.now(), ...(code !== undefined && { code }), ...(text !== undefined && { text }) }),
    };
  }
}

/** The value, or the signal's reason; a value that comes too late is given to `undo`. */
async function unlessAborted<S>(signal: AbortSignal, promise: Promise<S>, undo: (late: S) => unknown): Promise<S> {
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } catch (fault) {
    if (signal.aborted) promise.then(undo, () => {});
    throw fault;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
