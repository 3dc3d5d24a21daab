import {
  type Control,
  type ControlContext,
  type ControlState,
  definePlugin,
  type Health,
  HeddleError,
  type NetmapChange,
  type NetmapCommons,
  type NetmapPatch,
  NetmapStream,
  type Peer,
  type Plugin,
  provideControl,
  type SelfConfig,
  type SelfUpdate,
} from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';

/** A netmap as an object. */
export interface MemoryNetmap extends NetmapCommons {
  readonly self?: SelfConfig;
  readonly peers?: readonly Peer[];
}

export interface MemoryControlOptions {
  /** The map at start. Default: no self and no peers. */
  readonly netmap?: MemoryNetmap;
}

/** The plugin of a `MemoryControl`, which stays in the caller's hands as `control`. Each start of a node makes a new Control from it. */
export function memoryControl(options: MemoryControlOptions | MemoryControl = {}): Plugin {
  const control = options instanceof MemoryControl ? options : new MemoryControl(options);
  return definePlugin({ name: '@heddle/testing/memory-control', provides: [provideControl([], () => control.face())] });
}

/** A control server in memory for one node: what is set here is what the node is told, and what the node publishes is kept here. */
export class MemoryControl {
  readonly #netmap = new NetmapStream();
  readonly #state = new BehaviorSubject<ControlState>({ is: 'online' });
  readonly #published: SelfUpdate[] = [];

  constructor(options: MemoryControlOptions = {}) {
    this.set(options.netmap ?? {});
  }

  /** A whole new map. */
  set(netmap: MemoryNetmap): void {
    this.#netmap.replace(netmap.self, netmap.peers ?? [], netmap);
  }

  /** Changes some peers, what is said about this node, or some of the commons; the rest stays. */
  patch(patch: Partial<NetmapPatch>): void {
    this.#netmap.patch({ set: [], removed: [], ...patch });
  }

  /** What the node sees of the server. */
  state(state: ControlState): void {
    this.#state.next(state);
  }

  /** What the node has published so far, oldest first; the last 1,000. */
  get published(): readonly SelfUpdate[] {
    return this.#published;
  }

  /** A Control that shows all of this; made once for each life of a node. */
  face(): Control {
    return new ControlFace(this.#netmap.changes$, this.#state, (update) => {
      this.#published.push(update);
      if (this.#published.length > 1_000) this.#published.shift();
    });
  }
}

class ControlFace implements Control {
  readonly contract = 1;
  readonly netmap$: Observable<NetmapChange>;
  readonly state$: Observable<ControlState>;
  readonly health$: Observable<Health>;
  readonly publish: (update: SelfUpdate) => void;
  readonly #netmap = new NetmapStream();
  readonly #state: BehaviorSubject<ControlState>;
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #sources: { readonly netmap$: Observable<NetmapChange>; readonly state$: BehaviorSubject<ControlState> };
  #life: 'made' | 'open' | 'closed' = 'made';
  #leave = (): void => {};

  constructor(netmap$: Observable<NetmapChange>, state$: BehaviorSubject<ControlState>, published: (update: SelfUpdate) => void) {
    this.#sources = { netmap$, state$ };
    this.#state = new BehaviorSubject<ControlState>({ is: 'offline', reason: 'not open' });
    this.netmap$ = this.#netmap.changes$;
    this.state$ = this.#state.asObservable();
    this.health$ = this.#health.asObservable();
    this.publish = (update) => {
      if (this.#life === 'open') published(update);
    };
  }

  async open(_context: ControlContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#life !== 'made') throw new HeddleError('HEDDLE_NOT_RUNNING', 'a Control is opened once; make a new one');
    this.#life = 'open';
    const netmap = this.#sources.netmap$.subscribe((change) => this.#netmap.follow(change));
    const state = this.#sources.state$.subscribe((next) => this.#state.next(next));
    this.#leave = () => {
      netmap.unsubscribe();
      state.unsubscribe();
    };
  }

  async close(): Promise<void> {
    if (this.#life === 'closed') return;
    this.#life = 'closed';
    this.#leave();
    this.#netmap.complete();
    this.#state.complete();
    this.#health.complete();
  }

  async login(options: { readonly signal?: AbortSignal }): Promise<void> {
    options.signal?.throwIfAborted();
    this.#sources.state$.next({ is: 'online' });
  }

  async logout(): Promise<void> {
    this.#sources.state$.next({ is: 'needs-login', url: undefined });
  }
}
