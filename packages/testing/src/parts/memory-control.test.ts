import type { Control, ControlState, NetmapChange, Peer } from '@heddle/core';
import { expect, test } from 'vitest';
import { PoisonContext } from '../rules/foundation/poison-context.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { MemoryControl } from './memory-control.js';

const peer = (id: string): Peer => ({ id, name: id, nodeKey: new Uint8Array(32), addresses: [], allowedIps: [], endpoints: [] });
const self = { name: 'me', addresses: ['10.0.0.1/24'] };

async function opened(control: MemoryControl): Promise<{ face: Control; changes: NetmapChange[]; states: ControlState[] }> {
  const face = control.face();
  const [changes, states]: [NetmapChange[], ControlState[]] = [[], []];
  await face.open(new PoisonContext(new VirtualClock(), 1), new AbortController().signal);
  face.netmap$.subscribe((change) => changes.push(change));
  face.state$.subscribe((state) => states.push(state));
  return { face, changes, states };
}

test('the map at start comes whole, each change grows the number by one, and a patch brings only what changed', async () => {
  const control = new MemoryControl({ netmap: { self, peers: [peer('a'), peer('b')] } });
  const { changes } = await opened(control);
  control.patch({ set: [peer('c')], removed: ['a'] });
  control.patch({ self: { ...self, mtu: 1300 } });
  expect(changes.map(({ seq, patch }) => [seq, patch === undefined])).toEqual([
    [1, true],
    [2, false],
    [3, false],
  ]);
  expect(changes[1]!.patch).toMatchObject({ set: [{ id: 'c' }], removed: ['a'] });
  expect([...changes[2]!.map.peers].map(({ id }) => id).sort()).toEqual(['b', 'c']);
  expect(changes[2]!.map.self?.mtu).toBe(1300);
  expect([...changes[0]!.map.peers].map(({ id }) => id).sort()).toEqual(['a', 'b']);
});

test('who comes late gets the latest map whole', async () => {
  const control = new MemoryControl({ netmap: { peers: [peer('a')] } });
  const { face } = await opened(control);
  control.patch({ set: [peer('b')] });
  const late: NetmapChange[] = [];
  face.netmap$.subscribe((change) => late.push(change));
  expect(late.map(({ seq, patch, map }) => [seq, patch, map.peers.size])).toEqual([[2, undefined, 2]]);
});

test('set replaces the whole map', async () => {
  const control = new MemoryControl({ netmap: { self, peers: [peer('a')] } });
  const { changes } = await opened(control);
  control.set({ self, peers: [peer('z')] });
  expect(changes[1]!.patch).toBeUndefined();
  expect([...changes[1]!.map.peers].map(({ id }) => id)).toEqual(['z']);
});

test('states, login and logout are seen, and what the node publishes is kept', async () => {
  const control = new MemoryControl();
  const { face, states } = await opened(control);
  control.state({ is: 'needs-login', url: 'https://login.example' });
  await face.login!({});
  await face.logout!();
  expect(states.map(({ is }) => is)).toEqual(['online', 'needs-login', 'online', 'needs-login']);
  face.publish({ hostname: 'web' });
  expect(control.published).toEqual([{ hostname: 'web' }]);
});

test('close completes netmap$ and may be called twice; what is changed afterwards is not shown', async () => {
  const control = new MemoryControl({ netmap: { peers: [peer('a')] } });
  const { face, changes } = await opened(control);
  let completed = 0;
  face.netmap$.subscribe({ complete: () => completed++ });
  await face.close();
  await face.close();
  control.patch({ set: [peer('b')] });
  expect([completed, changes.length]).toEqual([1, 1]);
});

test('a second node, or a second start, gets a Control of its own', async () => {
  const control = new MemoryControl({ netmap: { peers: [peer('a')] } });
  const first = await opened(control);
  await first.face.close();
  const second = await opened(control);
  expect(second.changes.length).toBe(1);
  await expect(first.face.open(new PoisonContext(new VirtualClock(), 1), new AbortController().signal)).rejects.toThrow('opened once');
});
