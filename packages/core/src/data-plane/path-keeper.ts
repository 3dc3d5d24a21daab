import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Peer } from '../contracts/netmap.js';
import type { Candidate, Decision, PathSelector, PathsOfPeer } from '../contracts/path-selector.js';
import type { Remote } from '../contracts/remote.js';
import type { PathChange } from './kernel.js';
import { lastAuthenticated } from './last-authenticated.js';

/** What is known of the ways to one peer. */
interface Paths {
  peer: Peer;
  lastAuthenticated: Remote | undefined;
  configured: readonly Remote[];
  candidates: readonly Candidate[];
  current: Decision | undefined;
  since: number;
}

export interface PathKeeperOptions {
  readonly now: () => number;
  /** A peer that was set and is not removed. */
  readonly peer: (id: string) => Peer | undefined;
  /** The remote of a text, from the Bind of its scheme. */
  readonly parse: (text: string) => Remote | undefined;
  /** Writes a decision where the packets look it up. */
  readonly route: (peerId: string, decision: Decision) => void;
  readonly fault: (error: unknown) => void;
}

/**
 * Gathers observations per peer, asks the selector when one has changed, and writes its decision into the routes. Never runs for a packet, but
 * for the first: of ten thousand peers few are spoken to, so unless somebody follows all paths, nothing is decided about a peer before somebody
 * wants to know its path.
 */
export class PathKeeper {
  readonly changes$: Observable<PathChange>;
  readonly #changes = new Subject<PathChange>();
  readonly #paths = new Map<string, Paths>();
  readonly #options: PathKeeperOptions;
  #selector: PathSelector = lastAuthenticated;

  constructor(options: PathKeeperOptions) {
    this.#options = options;
    this.changes$ = this.#changes.asObservable();
  }

  /** Undefined: back to the built-in one. */
  useSelector(selector: PathSelector | undefined): void {
    this.#selector = selector ?? lastAuthenticated;
    for (const paths of this.#paths.values()) this.#decide({ ...paths, candidates: [] });
  }

  /** Who names other endpoints wants them used: where the peer spoke from before is forgotten, as in plain WireGuard. */
  setPeer(peer: Peer): void {
    const known = this.#paths.get(peer.id);
    if (known === undefined && !this.#changes.observed) return;
    const stays = known !== undefined && sameTexts(known.peer.endpoints, peer.endpoints);
    this.#decide({
      peer,
      lastAuthenticated: stays ? known.lastAuthenticated : undefined,
      configured: this.#configured(peer),
      candidates: known?.candidates ?? [],
      current: known?.current,
      since: known?.since ?? this.#options.now(),
    });
  }

  removePeer(id: string): void {
    this.#paths.delete(id);
  }

  authenticated(id: string, remote: Remote): void {
    const paths = this.#pathsOf(id);
    if (paths !== undefined) this.#decide({ ...paths, lastAuthenticated: remote });
  }

  observed(id: string, candidates: readonly Candidate[]): void {
    const paths = this.#pathsOf(id);
    if (paths !== undefined) this.#decide({ ...paths, candidates });
  }

  /** A Bind came or went: every remote is asked for anew, because only the Bind that made one can send to it. */
  bindsChanged(): void {
    for (const paths of this.#paths.values()) {
      const last = paths.lastAuthenticated && this.#options.parse(paths.lastAuthenticated.text);
      const candidates = paths.candidates.filter((candidate) => this.#options.parse(candidate.remote.text) === candidate.remote);
      this.#decide({ ...paths, lastAuthenticated: last, candidates, configured: this.#configured(paths.peer) });
    }
  }

  /** Decides now, where nothing was decided before. */
  current(id: string): Decision | undefined {
    const paths = this.#paths.has(id) ? undefined : this.#pathsOf(id);
    if (paths !== undefined) this.#decide(paths);
    return this.#paths.get(id)?.current;
  }

  complete(): void {
    this.#changes.complete();
  }

  /** What is known so far: of a peer whose path nobody has asked for, nothing but what control says. */
  #pathsOf(id: string): Paths | undefined {
    const known = this.#paths.get(id);
    const peer = known === undefined ? this.#options.peer(id) : undefined;
    if (peer === undefined) return known;
    const unknown = { lastAuthenticated: undefined, candidates: [], current: undefined };
    return { peer, ...unknown, configured: this.#configured(peer), since: this.#options.now() };
  }

  #configured(peer: Peer): readonly Remote[] {
    const texts = peer.homeRelay === undefined ? peer.endpoints : [...peer.endpoints, peer.homeRelay];
    return texts.map(this.#options.parse).filter((remote) => remote !== undefined);
  }

  #decide(paths: Paths): void {
    const next = this.#ask(paths) ?? paths.current;
    const changed = next !== undefined && !sameDecision(next, paths.current);
    const since = changed ? this.#options.now() : paths.since;
    const { peer, lastAuthenticated, configured, candidates } = paths;
    this.#paths.set(peer.id, { peer, lastAuthenticated, configured, candidates, current: next, since });
    if (next !== undefined) this.#options.route(paths.peer.id, next);
    if (changed) this.#changes.next({ ...next, peer: paths.peer, since, candidates: paths.candidates });
  }

  #ask(paths: PathsOfPeer): Decision | undefined {
    try {
      return this.#selector.decide(paths, this.#options.now());
    } catch (error) {
      this.#options.fault(error);
      return undefined;
    }
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function sameDecision(a: Decision, b: Decision | undefined): boolean {
  if (b === undefined || a.primary !== b.primary || a.reason !== b.reason) return false;
  const [also, alsoBefore] = [a.also ?? [], b.also ?? []];
  return also.length === alsoBefore.length && also.every((remote, i) => remote === alsoBefore[i]);
}
