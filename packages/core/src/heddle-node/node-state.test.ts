import { expect, test } from 'vitest';
import type { ControlState } from '../contracts/control.js';
import type { Netmap } from '../contracts/netmap.js';
import { PeerMap } from '../netmap/peer-map.js';
import { deriveState, type NodeLife, sameState } from './node-state.js';

const node = { id: 'n', name: 'me', nodeKey: new Uint8Array(32), addresses: [], allowedIps: [], endpoints: [] };
const map: Netmap = { self: { name: 'me', addresses: [], node }, peers: PeerMap.empty };
const expired: Netmap = { ...map, self: { ...map.self!, node: { ...node, expired: true } } };
const online: ControlState = { is: 'online' };
const offline: ControlState = { is: 'offline', reason: 'no answer' };
const login: ControlState = { is: 'needs-login', url: 'https://login.example/a' };

const ROWS: readonly (readonly [NodeLife, ControlState | undefined, Netmap | undefined, string])[] = [
  ['made', undefined, undefined, 'NoState'],
  ['made', login, map, 'NoState'],
  ['starting', undefined, undefined, 'Starting'],
  ['starting', login, undefined, 'NeedsLogin'],
  ['running', undefined, undefined, 'Running'],
  ['running', offline, undefined, 'Starting'],
  ['running', online, undefined, 'Starting'],
  ['running', login, undefined, 'NeedsLogin'],
  ['running', { is: 'needs-approval' }, undefined, 'NeedsMachineAuth'],
  ['running', online, map, 'Running'],
  ['running', offline, map, 'Running'],
  ['running', login, map, 'NeedsLogin'],
  ['running', online, expired, 'NeedsLogin'],
  ['stopping', online, map, 'Stopped'],
  ['closed', login, map, 'Stopped'],
];

test('the state follows from the life of the node, its control and its netmap', () => {
  for (const [life, control, netmap, is] of ROWS) expect(deriveState(life, control, netmap).is).toBe(is);
});

test('C12: an expired key means a login, also while control is content', () => {
  expect(deriveState('running', online, expired)).toEqual({ is: 'NeedsLogin', reason: 'the key of this node has expired', url: undefined });
});

test('the login URL is part of the state, and a reason is given where something is wrong', () => {
  expect(deriveState('running', login, undefined)).toMatchObject({ url: 'https://login.example/a' });
  expect(deriveState('running', offline, map).reason).toContain('no answer');
  expect(deriveState('running', online, map).reason).toBeUndefined();
});

test('two states are the same when nothing that is shown differs', () => {
  const state = deriveState('running', login, map);
  expect(sameState(state, deriveState('running', { ...login }, map))).toBe(true);
  expect(sameState(state, deriveState('running', { is: 'needs-login', url: undefined }, map))).toBe(false);
  expect(sameState(state, undefined)).toBe(false);
});
