import { NEVER, Observable, Subject, Subscription } from 'rxjs';
import type { Control, ControlState } from '../contracts/control.js';
import type { NetmapChange } from '../contracts/netmap.js';
import type { Kernel, PathChange, PluginHealth } from '../data-plane/kernel.js';
import type { Progress } from './heddle-node.js';
import { Latest } from './latest.js';
import { deriveState, type NodeLife, type NodeState, sameState } from './node-state.js';

/** What a node shows of itself. Outlives each attempt to start, whose parts are attached and detached. */
export class NodeStreams {
  readonly life: Latest<NodeLife> = new Latest();
  readonly state: Latest<NodeState> = new Latest();
  readonly control: Latest<ControlState> = new Latest();
  readonly netmap: Latest<NetmapChange> = new Latest((change) => ({ ...change, patch: undefined }));
  readonly progress: Subject<Progress> = new Subject();
  /** Followed below only while somebody follows it here: a node with many peers decides about all of their paths for nobody else. */
  readonly paths$: Observable<PathChange>;
  readonly health: Subject<PluginHealth> = new Subject();
  readonly #paths = new Subject<PathChange>();
  readonly #healthOf = new Map<string, PluginHealth>();
  #kernel = new Subscription();
  #kernelPaths$: Observable<PathChange> = NEVER;
  #pathsBelow: Subscription | undefined;
  #control = new Subscription();

  constructor() {
    const sources: readonly Observable<unknown>[] = [this.life.stream$, this.control.stream$, this.netmap.stream$];
    for (const source of sources) source.subscribe(() => this.#derive());
    this.paths$ = new Observable((subscriber) => {
      const above = this.#paths.subscribe(subscriber);
      this.#followPaths();
      return () => {
        above.unsubscribe();
        this.#followPaths();
      };
    });
  }

  healthOf(plugin: string): PluginHealth {
    return this.#healthOf.get(plugin) ?? { plugin, ok: true, since: 0 };
  }

  setHealth(health: PluginHealth): void {
    this.#healthOf.set(health.plugin, health);
    this.health.next(health);
  }

  forget(plugin: string): void {
    this.#healthOf.delete(plugin);
  }

  attachKernel(kernel: Kernel): void {
    this.#kernel = new Subscription();
    this.#kernel.add(kernel.netmap$.subscribe((change) => this.netmap.next(change)));
    this.#kernel.add(() => this.#setKernelPaths(NEVER));
    this.#setKernelPaths(kernel.paths$);
    this.#kernel.add(kernel.health$.subscribe((health) => this.setHealth(health)));
  }

  detachKernel(): void {
    this.#kernel.unsubscribe();
  }

  /** Follows this control's state, and no other's any more. */
  attachControl(control: Control, fault: (error: unknown) => void): void {
    this.#control.unsubscribe();
    this.#control = control.state$.subscribe({ next: (state) => this.control.next(state), error: fault });
  }

  detachControl(): void {
    this.#control.unsubscribe();
  }

  complete(): void {
    const all: readonly { complete(): void }[] = [
      this.life,
      this.control,
      this.netmap,
      this.state,
      this.progress,
      this.#paths,
      this.health,
    ];
    for (const stream of all) stream.complete();
  }

  #setKernelPaths(paths$: Observable<PathChange>): void {
    this.#pathsBelow?.unsubscribe();
    this.#pathsBelow = undefined;
    this.#kernelPaths$ = paths$;
    this.#followPaths();
  }

  #followPaths(): void {
    if (!this.#paths.observed) {
      this.#pathsBelow?.unsubscribe();
      this.#pathsBelow = undefined;
    } else this.#pathsBelow ??= this.#kernelPaths$.subscribe((change) => this.#paths.next(change));
  }

  #derive(): void {
    const next = deriveState(this.life.value ?? 'made', this.control.value, this.netmap.value?.map);
    if (!sameState(next, this.state.value)) this.state.next(next);
  }

  get health$(): Observable<PluginHealth> {
    return this.health.asObservable();
  }
}
