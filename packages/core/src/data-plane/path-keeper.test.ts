import { describe, expect, test } from 'vitest';
import type { Peer } from '../contracts/netmap.js';
import type { Decision, PathSelector } from '../contracts/path-selector.js';
import type { Remote } from '../contracts/remote.js';
import { namedRemote, RemoteTable } from '../packets/remote-table.js';
import { PathKeeper, type PathKeeperOptions } from './path-keeper.js';

const peer: Peer = { id: 'p', name: 'p', nodeKey: new Uint8Array(32), addresses: [], allowedIps: [], endpoints: ['udp:b', 'relay:b'] };

/** With whom the peers are that it was told of, as in a node. */
class Keeper extends PathKeeper {
  readonly #peers: Map<string, Peer>;

  constructor(options: Omit<PathKeeperOptions, 'peer'>) {
    const peers = new Map<string, Peer>();
    super({ ...options, peer: (id) => peers.get(id) });
    this.#peers = peers;
  }

  override setPeer(peer: Peer): void {
    this.#peers.set(peer.id, peer);
    super.setPeer(peer);
  }

  override removePeer(id: string): void {
    this.#peers.delete(id);
    super.removePeer(id);
  }
}

function bench({ followed = true } = {}) {
  const state = { now: 0, table: new RemoteTable('udp'), faults: 0, routes: [] as (string | undefined)[], changes: [] as string[] };
  const parse = (text: string): Remote | undefined =>
    text.startsWith('udp:') ? state.table.intern(text.slice(4), () => namedRemote(text)) : undefined;
  const keeper = new Keeper({
    now: () => state.now,
    parse,
    route: (_, decision) => state.routes.push(decision.primary?.text),
    fault: () => state.faults++,
  });
  if (followed) keeper.changes$.subscribe(({ primary, since }) => state.changes.push(`${since} ${primary?.text}`));
  return { state, keeper, parse };
}

const fixed = (decide: () => Decision): PathSelector => ({ contract: 1, decide });

describe('the keeper of paths', () => {
  test('begins where control says, then follows the last authenticated packet', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer(peer);
    state.now = 5;
    keeper.authenticated('p', parse('udp:elsewhere')!);
    expect(state.changes).toEqual(['0 udp:b', '5 udp:elsewhere']);
  });

  test('says nothing when a new observation leads to the same decision', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer(peer);
    keeper.authenticated('p', parse('udp:x')!);
    keeper.authenticated('p', parse('udp:x')!);
    keeper.setPeer({ ...peer, name: 'renamed' });
    expect(state.changes).toHaveLength(2);
  });

  test('a peer that is given another endpoint is spoken to there, wherever it was heard from; other changes leave its path alone', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer(peer);
    keeper.authenticated('p', parse('udp:x')!);
    keeper.setPeer({ ...peer, allowedIps: ['10.0.0.2/32'] });
    keeper.setPeer({ ...peer, endpoints: ['udp:y'] });
    expect(state.changes).toEqual(['0 udp:b', '0 udp:x', '0 udp:y']);
  });

  test('a peer that visited our relay to speak is answered at its home', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer({ ...peer, endpoints: [], homeRelay: 'udp:home' });
    keeper.authenticated('p', parse('udp:visiting')!);
    expect(state.changes.map((change) => change.split(' ').at(-1))).toEqual(['udp:home', 'udp:home']);
  });

  test('asks for every remote anew when a Bind was replaced', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer(peer);
    const before = parse('udp:x')!;
    keeper.authenticated('p', before);
    state.table = new RemoteTable('udp');
    keeper.bindsChanged();
    expect(keeper.current('p')?.primary).not.toBe(before);
    expect(keeper.current('p')?.primary?.text).toBe('udp:x');
  });

  test('a selector that throws leaves the decision as it was', () => {
    const { state, keeper } = bench();
    keeper.setPeer(peer);
    keeper.useSelector(
      fixed(() => {
        throw new Error('fault');
      }),
    );
    expect(keeper.current('p')?.primary?.text).toBe('udp:b');
    expect(state.faults).toBe(1);
  });

  test('a new selector decides at once, and the built-in one takes over when it goes', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer(peer);
    keeper.useSelector(fixed(() => ({ primary: parse('udp:chosen'), reason: 'chosen' })));
    keeper.useSelector(undefined);
    expect(state.changes.map((text) => text.split(' ')[1])).toEqual(['udp:b', 'udp:chosen', 'udp:b']);
  });

  test('decides nothing about a peer that nobody speaks to, as long as nobody follows all paths', () => {
    const { state, keeper, parse } = bench({ followed: false });
    for (const id of ['p', 'heard', 'seen', 'gone']) keeper.setPeer({ ...peer, id });
    keeper.setPeer({ ...peer, endpoints: ['udp:c'] });
    keeper.removePeer('gone');
    keeper.useSelector(undefined);
    keeper.bindsChanged();
    expect(state.routes).toEqual([]);
    expect(state.table.size).toBe(0);
    keeper.authenticated('heard', parse('udp:x')!);
    keeper.observed('seen', []);
    expect(state.routes).toEqual(['udp:x', 'udp:b']);
    expect(keeper.current('p')?.primary?.text).toBe('udp:c');
    expect(keeper.current('gone')).toBeUndefined();
    keeper.setPeer({ ...peer, endpoints: ['udp:d'] });
    expect(state.routes).toEqual(['udp:x', 'udp:b', 'udp:c', 'udp:d']);
  });

  test('knows nothing of a peer that has gone', () => {
    const { state, keeper, parse } = bench();
    keeper.setPeer(peer);
    keeper.removePeer('p');
    keeper.authenticated('p', parse('udp:late')!);
    expect(state.changes).toHaveLength(1);
    expect(keeper.current('p')).toBeUndefined();
  });
});
