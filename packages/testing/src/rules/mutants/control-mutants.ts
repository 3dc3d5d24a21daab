import type { Clock, Control, ControlState, Netmap, NetmapChange, Peer } from '@heddle/core';
import { BehaviorSubject, concatMap, filter, map, NEVER, Observable, share, tap } from 'rxjs';
import { MemoryControl } from '../../parts/memory-control.js';
import type { ControlSetup } from '../control/harness.js';

/** A Control with one fault, and the rule that must find it. */
export interface ControlMutant {
  readonly fault: string;
  readonly rule: string;
  readonly word: RegExp;
  readonly make: () => ControlSetup;
}

export function peer(id: string, version = 0): Peer {
  const nodeKey = new Uint8Array(32).fill(id.length + version);
  const addresses = ['10.0.0.2'];
  return { id, name: id, nodeKey, addresses, allowedIps: ['10.0.0.2/32'], endpoints: [`udp:192.0.2.1:${5_000 + version}`] };
}

/** A Control with one peer, and a server that adds, changes and removes another one in turns. */
export function goodControl(): ControlSetup {
  const server = new MemoryControl({ netmap: { self: { name: 'me', addresses: ['10.0.0.1/24'] }, peers: [peer('one')] } });
  return {
    control: server.face(),
    change(n) {
      if (n % 3 === 2) server.patch({ removed: ['two'] });
      else server.patch({ set: [peer('two', n)] });
    },
    askLogin: (url) => server.state({ is: 'needs-login', url }),
  };
}

function mutant(fault: string, rule: string, word: RegExp, broken: (good: Control) => Partial<Control>): ControlMutant {
  return {
    fault,
    rule: `control/${rule}`,
    word,
    make() {
      const setup = goodControl();
      const { control } = setup;
      const change = broken(control);
      const defaults: Control = {
        contract: 1,
        netmap$: control.netmap$,
        state$: control.state$,
        health$: control.health$,
        open: (context, signal) => control.open(context, signal),
        close: () => control.close(),
        publish: (update) => control.publish(update),
      };
      return { ...setup, control: { ...defaults, ...change } };
    },
  };
}

function changed(control: Control, change: (seen: NetmapChange) => NetmapChange): Partial<Control> {
  return { netmap$: control.netmap$.pipe(map(change)) };
}

function withPeers(netmap: Netmap, change: (peer: Peer) => Peer): Netmap {
  const peers = new Map([...netmap.peers].map((each) => [each.id, change(each)] as const));
  return { self: netmap.self, peers: listed(peers) };
}

function listed(peers: ReadonlyMap<string, Peer>): Netmap['peers'] {
  return {
    get size() {
      return peers.size;
    },
    get: (id) => peers.get(id),
    [Symbol.iterator]: () => peers.values(),
  };
}

/** One map for all snapshots. */
function shared(control: Control): Partial<Control> {
  const peers = new Map<string, Peer>();
  return changed(control, (seen) => {
    peers.clear();
    for (const each of seen.map.peers) peers.set(each.id, each);
    return { ...seen, map: { self: seen.map.self, peers: listed(peers) } };
  });
}

export const controlMutants: readonly ControlMutant[] = [
  mutant('leaves a gap in seq', 'seq', /gap/, (good) => changed(good, (seen) => ({ ...seen, seq: seen.seq * 2 }))),
  mutant('replays nothing', 'late-subscriber', /replayed nothing/, (good) => ({ netmap$: good.netmap$.pipe(share()) })),
  mutant('replays a patch', 'late-subscriber', /patch instead/, (good) =>
    changed(good, (seen) => ({ ...seen, patch: seen.patch ?? { set: [...seen.map.peers], removed: [] } })),
  ),
  mutant('changes snapshots', 'snapshots-immutable', /not immutable/, shared),
  mutant('forgets removed peers in its patches', 'patch-exact', /is gone/, (good) =>
    changed(good, (seen) => ({ ...seen, patch: seen.patch && { ...seen.patch, removed: [] } })),
  ),
  mutant('forgets the filter in its patches', 'patch-exact', /filter changed/, (good) =>
    changed(good, (seen) => {
      if (seen.patch === undefined) return seen;
      const rules = [{ sources: [`100.64.0.${seen.seq}`], destinations: [] }];
      return { ...seen, map: { ...seen.map, filter: { rules } } };
    }),
  ),
  mutant('forgets changed peers in its patches', 'patch-exact', /which differs/, (good) =>
    changed(good, (seen) => ({ ...seen, patch: seen.patch && { ...seen.patch, set: [] } })),
  ),
  mutant('passes on keys of any length', 'peers', /not 32/, (good) =>
    changed(good, (seen) => ({
      ...seen,
      patch: undefined,
      map: withPeers(seen.map, (each) => ({ ...each, nodeKey: new Uint8Array(31) })),
    })),
  ),
  mutant('passes on prefixes that are none', 'peers', /no prefix/, (good) =>
    changed(good, (seen) => ({
      ...seen,
      patch: undefined,
      map: withPeers(seen.map, (each) => ({ ...each, allowedIps: ['10.0.0.0/33'] })),
    })),
  ),
  mutant('names all peers in each patch', 'patch-exact', /did not change/, (good) =>
    changed(good, (seen) => ({ ...seen, patch: seen.patch && { ...seen.patch, set: [...seen.map.peers] } })),
  ),
  mutant('removes in its patches who was never there', 'patch-exact', /was not there/, (good) =>
    changed(good, (seen) => ({ ...seen, patch: seen.patch && { ...seen.patch, removed: [...seen.patch.removed, 'nobody'] } })),
  ),
  mutant('loses every second change', 'changes', /does not tell of change 1/, (good) => ({
    netmap$: good.netmap$.pipe(filter(({ seq }) => seq % 2 === 0 || seq === 1)),
  })),
  mutant('repeats the old map after the new one', 'changes', /the old one again/, repeating),
  mutant('tells maps without self', 'self', /no self/, (good) =>
    changed(good, (seen) => ({ ...seen, map: { ...seen.map, self: undefined } })),
  ),
  mutant('forgets its own addresses with a change', 'self', /no self/, (good) =>
    changed(good, (seen) => ({ ...seen, map: { ...seen.map, self: seen.seq > 2 ? { name: 'me', addresses: [] } : seen.map.self } })),
  ),
  mutant('is stuck in its first state', 'state-follows', /stuck at "offline"/, () => ({
    state$: new BehaviorSubject<ControlState>({ is: 'offline', reason: 'not open' }),
  })),
  mutant('is online for ever', 'state-follows', /after close/, () => ({ state$: new BehaviorSubject<ControlState>({ is: 'online' }) })),
  mutant('swallows the login URL', 'login-url', /login URL/, (good) => ({
    state$: good.state$.pipe(map((state) => (state.is === 'needs-login' ? { is: 'needs-login', url: undefined } : state))),
  })),
  mutant('shows the login URL only to who was there', 'login-url', /login URL/, (good) => ({ state$: good.state$.pipe(share()) })),
  mutant('goes on opening after close', 'close-while-opening', /in the middle of open/, slow),
  mutant('waits in close for an open that never ends', 'close-while-opening', /never resolves/, () => ({
    open: () => new Promise(() => {}),
    close: () => new Promise(() => {}),
  })),
  mutant('hangs when its start is aborted', 'aborted-while-opening', /never settles/, (good) => ({
    async open(context, signal) {
      await Promise.resolve();
      if (signal.aborted) await new Promise(() => {});
      await good.open(context, signal);
    },
  })),
  mutant('says a state for what is published after close', 'silent-after-close', /state\$ or health\$/, () => {
    const state$ = new BehaviorSubject<ControlState>({ is: 'online' });
    return { state$, publish: () => state$.next({ is: 'online' }) };
  }),
  mutant('leaves a timer for each change', 'silent-after-close', /after changes and close/, timing),
  mutant('does not replay state', 'state-replayed', /state\$/, () => ({ state$: NEVER })),
  mutant('throws in publish', 'publish', /publish threw before open/, () => ({
    publish() {
      throw new Error('not connected');
    },
  })),
  mutant('never resolves stop', 'life', /never resolves/, () => ({ close: () => new Promise(() => {}) })),
  mutant('drops the close event', 'life', /close event/, (good) => ({ netmap$: endless(good.netmap$) })),
  mutant('cannot be closed before open', 'close-before-open', /close rejected/, (good) => {
    let open = false;
    return {
      async open(context, signal) {
        await good.open(context, signal);
        open = true;
      },
      close: () => (open ? good.close() : Promise.reject(new Error('not open'))),
    };
  }),
  mutant('ignores an aborted signal', 'aborted-before-open', /ignores the abort/, (good) => ({
    open: (context) => good.open(context, new AbortController().signal),
  })),
  mutant('goes on telling after close', 'silent-after-close', /after close/, () => ({ close: async () => {} })),
];

/** Tells each map, and then the one before it. */
function repeating(good: Control): Partial<Control> {
  let before: NetmapChange | undefined;
  return {
    netmap$: good.netmap$.pipe(
      concatMap((seen) => {
        const again = before;
        before = seen;
        return again === undefined ? [seen] : [seen, { ...again, patch: undefined }];
      }),
    ),
  };
}

/** Does in a later turn what it began, whatever has happened since. */
function slow(good: Control): Partial<Control> {
  return {
    async open(context, signal) {
      await good.open(context, signal);
      await Promise.resolve();
      context.clock.at(context.clock.now() + 60_000, () => {});
    },
  };
}

function timing(good: Control): Partial<Control> {
  let clock: Clock | undefined;
  return {
    open(context, signal) {
      clock = context.clock;
      return good.open(context, signal);
    },
    netmap$: good.netmap$.pipe(
      tap(() => {
        clock?.at(clock.now() + 60_000, () => {});
      }),
    ),
  };
}

function endless<T>(source: Observable<T>): Observable<T> {
  return new Observable<T>((subscriber) => source.subscribe((value) => subscriber.next(value)));
}
