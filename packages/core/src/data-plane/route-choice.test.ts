import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Peer } from '../contracts/netmap.js';
import { DEFAULT_PREFERENCES, type Preferences } from '../preferences/preferences.js';
import { RouteChoice, type RoutePatch } from './route-choice.js';

const SELF = { name: 'self', addresses: ['100.64.0.1/32', 'fd7a::1/128'] };

function peer(id: string, more: Partial<Peer> = {}): Peer {
  const address = `100.64.0.${id.charCodeAt(0)}`;
  return {
    id,
    name: `${id}.tail.example`,
    nodeKey: new Uint8Array(32),
    addresses: [address],
    allowedIps: [`${address}/32`],
    endpoints: [],
    ...more,
  };
}

/** What somebody knows who was told every patch. */
class Told {
  readonly choice: RouteChoice;
  readonly peers = new Map<string, readonly string[]>();
  #preferences: Preferences = DEFAULT_PREFERENCES;

  constructor() {
    this.choice = new RouteChoice(this.#preferences);
  }

  set(...peers: Peer[]): this {
    return this.#take(this.choice.apply(SELF, { set: peers, removed: [] }));
  }

  remove(...ids: string[]): this {
    return this.#take(this.choice.apply(SELF, { set: [], removed: ids }));
  }

  self(more: { readonly addresses?: readonly string[]; readonly expired?: boolean }): this {
    const node = peer('s', more.expired === undefined ? {} : { expired: more.expired });
    return this.#take(this.choice.apply({ ...SELF, ...(more.addresses && { addresses: more.addresses }), node }, { set: [], removed: [] }));
  }

  prefer(change: Partial<Preferences>): this {
    this.#preferences = { ...this.#preferences, ...change };
    return this.#take(this.choice.use(this.#preferences));
  }

  of(id: string): readonly string[] | undefined {
    return this.peers.get(id);
  }

  /** What is said to have been told is what was. */
  #take({ set, removed, before }: RoutePatch): this {
    for (const [id, prefixes] of before) expect(prefixes).toEqual(this.peers.get(id) ?? []);
    expect([...before.keys()].sort()).toEqual([...set.map(({ id }) => id), ...removed].sort());
    for (const id of removed) this.peers.delete(id);
    for (const { id, allowedIps } of set) this.peers.set(id, allowedIps);
    return this;
  }
}

describe('C11: routes that peers offer', () => {
  const router = peer('r', { offeredRoutes: ['192.168.5.0/24', '0.0.0.0/0', '::/0'] });

  test('are not used unless this node chose to', () => {
    expect(new Told().set(router).of('r')).toEqual(['100.64.0.114/32']);
  });

  test('are used and given up as the user says, but default routes only of the exit node', () => {
    const told = new Told().set(router).prefer({ acceptRoutes: true });
    expect(told.of('r')).toEqual(['100.64.0.114/32', '192.168.5.0/24']);
    told.prefer({ exitNode: 'r' });
    expect(told.of('r')).toEqual(['100.64.0.114/32', '192.168.5.0/24', '0.0.0.0/0', '::/0']);
    told.prefer({ acceptRoutes: false });
    expect(told.of('r')).toEqual(['100.64.0.114/32', '0.0.0.0/0', '::/0']);
    expect(told.prefer({ exitNode: undefined as never }).of('r')).toEqual(['100.64.0.114/32']);
  });

  test('the exit node is named by id, stable id, name or address, and there is one at a time', () => {
    const other = peer('q', { offeredRoutes: ['0.0.0.0/0'] });
    for (const exitNode of ['r', 'nRouter', 'R.tail.example.', 'r.tail', '100.64.0.114']) {
      const told = new Told().set({ ...router, stableId: 'nRouter' }, other).prefer({ exitNode });
      expect(told.of('r')).toContain('0.0.0.0/0');
      expect(told.of('q')).not.toContain('0.0.0.0/0');
      expect(told.prefer({ exitNode: 'q' }).of('r')).not.toContain('0.0.0.0/0');
      expect(told.of('q')).toContain('0.0.0.0/0');
    }
  });

  test('an exit node may come, go and change its name while it is chosen', () => {
    const told = new Told().prefer({ exitNode: 'exit.tail.example' }).set(router);
    expect(told.choice.exitNode).toBeUndefined();
    expect(told.set({ ...router, name: 'exit.tail.example.' }).of('r')).toContain('::/0');
    expect(told.set(router).of('r')).not.toContain('::/0');
    told.set({ ...router, name: 'exit.tail.example.' }).remove('r');
    expect(told.choice.exitNode).toBeUndefined();
    expect(told.of('r')).toBeUndefined();
  });
});

describe('C11: prefixes that are not theirs', () => {
  test('own addresses and loopback lead to nobody', () => {
    const thief = peer('t', {
      allowedIps: ['100.64.0.1/32', '100.64.0.1', 'fd7a::1/128', '127.0.0.1/32', '127.0.0.0/8', '::1/128', '10.0.0.0/8'],
    });
    expect(new Told().set(thief).of('t')).toEqual(['10.0.0.0/8']);
  });

  test('an address that becomes ours is taken back, and one that no longer is ours is given', () => {
    const told = new Told().set(peer('t', { allowedIps: ['100.64.0.9/32'] }));
    expect(told.self({ addresses: ['100.64.0.9/24'] }).of('t')).toEqual([]);
    expect(told.self({}).of('t')).toEqual(['100.64.0.9/32']);
  });

  test('a prefix that two want goes to whose address it is, then to whom control gives it, then to the smaller id', () => {
    const owner = peer('x');
    const thief = peer('a', { allowedIps: ['100.64.0.120/32', '10.1.0.0/16'] });
    const other = peer('b', { allowedIps: ['10.1.0.0/16'] });
    const offering = peer('0', { allowedIps: [], offeredRoutes: ['10.1.0.0/16'] });
    const orders = [
      [owner, thief, other, offering],
      [offering, other, thief, owner],
      [thief, offering, owner, other],
    ];
    for (const order of orders) {
      const told = new Told().prefer({ acceptRoutes: true });
      for (const each of order) told.set(each);
      expect(Object.fromEntries(told.peers)).toEqual({ x: ['100.64.0.120/32'], a: ['10.1.0.0/16'], b: [], 0: [] });
      expect(told.remove('a').of('b')).toEqual(['10.1.0.0/16']);
      expect(told.remove('b').of('0')).toEqual(['10.1.0.0/16']);
    }
  });
});

describe('C12: expiry', () => {
  test('an expired peer is not there, its prefixes are free, and it comes back when it has a new key', () => {
    const told = new Told().set(peer('a', { allowedIps: ['10.0.0.0/8'] }), peer('b', { allowedIps: ['10.0.0.0/8'] }));
    told.set(peer('a', { allowedIps: ['10.0.0.0/8'], expired: true }));
    expect(told.of('a')).toBeUndefined();
    expect(told.of('b')).toEqual(['10.0.0.0/8']);
    told.set(peer('a', { allowedIps: ['10.0.0.0/8'] }));
    expect([told.of('a'), told.of('b')]).toEqual([['10.0.0.0/8'], []]);
  });

  test('when this node has expired there are no peers, until it is renewed', () => {
    const told = new Told().set(peer('a')).self({ expired: true });
    expect(told.peers.size).toBe(0);
    told.set(peer('b'));
    expect(told.peers.size).toBe(2);
    expect(told.self({ expired: true }).peers.size).toBe(0);
    expect(told.self({ expired: false }).peers.size).toBe(2);
  });
});

test('a prefix of more than one address is wide, in both families', () => {
  const wide = (...allowedIps: string[]): boolean => new Told().set(peer('a', { allowedIps })).choice.wide;
  expect([wide('10.0.0.1', '10.0.0.1/32', 'fd7a::2', 'fd7a::2/128'), wide('10.0.0.0/31'), wide('fd7a::/32')]).toEqual([false, true, true]);
});

test('a patch of one peer among 10,000 looks at that peer alone', () => {
  let reads = 0;
  const counted = (id: string): Peer => {
    const each = { ...peer('p'), id, addresses: [`10.${id}`], allowedIps: [`10.${id}/32`] };
    const get = (target: Peer, name: string): unknown => {
      reads += 1;
      return Reflect.get(target, name);
    };
    return new Proxy(each, { get });
  };
  const told = new Told()
    .prefer({ acceptRoutes: true, exitNode: 'nobody' })
    .set(...Array.from({ length: 10_000 }, (_, i) => counted(`${i}`)));
  reads = 0;
  told.set(counted('77'));
  expect(reads).toBeLessThan(100);
});

test('after any history the routes are those that the last state gives at once', () => {
  const prefixes = fc.subarray([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '100.64.0.97',
    '100.64.0.98/32',
    '127.0.0.1/32',
    '100.64.0.1/32',
    '0.0.0.0/0',
  ]);
  const some = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    allowedIps: prefixes,
    offeredRoutes: fc.option(prefixes, { nil: undefined }),
    expired: fc.boolean(),
    removed: fc.boolean(),
  });
  const wishes = fc.record({ acceptRoutes: fc.boolean(), exitNode: fc.constantFrom('a', 'b', 'c.tail', 'zz') });
  fc.assert(
    fc.property(fc.array(fc.oneof(some, wishes), { maxLength: 30 }), (steps) => {
      const told = new Told();
      const last = new Map<string, Peer>();
      let preferences: Partial<Preferences> = {};
      for (const step of steps) {
        if ('acceptRoutes' in step) {
          preferences = step;
          told.prefer(step);
        } else if (step.removed) {
          last.delete(step.id);
          told.remove(step.id);
        } else {
          const { removed: _, offeredRoutes, ...rest } = step;
          const next = peer(step.id, { ...rest, ...(offeredRoutes && { offeredRoutes }) });
          last.set(step.id, next);
          told.set(next);
        }
      }
      const atOnce = new Told().prefer(preferences).set(...last.values());
      expect(Object.fromEntries(told.peers)).toEqual(Object.fromEntries(atOnce.peers));
      expect(told.choice.exitNode).toBe(atOnce.choice.exitNode);
      expect(told.choice.wide).toBe(atOnce.choice.wide);
    }),
    { seed: 1, numRuns: 200 },
  );
});
