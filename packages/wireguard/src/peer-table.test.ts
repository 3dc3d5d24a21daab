import { inspect } from 'node:util';
import { chooseCrypto } from '@heddle/crypto';
import { expect, test } from 'vitest';
import { PeerTable } from './peer-table.js';

const surroundings = { crypto: chooseCrypto(), stagedPackets: 1, stagedBytes: 1_500, jitter: () => 0, discard: () => {} };
const keyOf = (n: number) => new Uint8Array(32).fill(n);

test('peers are listed in the order in which they were added, whatever numbers they got', () => {
  const table = new PeerTable();
  const [first, second, third] = [1, 2, 3].map((n) => table.add(keyOf(n), surroundings));
  table.remove(first!);
  table.remove(second!);
  const late = [table.add(keyOf(4), surroundings), table.add(keyOf(5), surroundings)];
  expect(new Set(late.map(({ id }) => id))).toEqual(new Set([0, 1]));
  expect(table.values()).toEqual([third, ...late]);
});

test('a removed peer keeps its key, and its handle leads nowhere, also when another peer has its number', () => {
  const table = new PeerTable();
  const before = table.add(keyOf(1), surroundings);
  table.remove(before);
  const after = table.add(keyOf(2), surroundings);
  expect([before.id, before.publicKey, after.publicKey]).toEqual([after.id, keyOf(1), keyOf(2)]);
  expect([table.byRef(before.ref), table.byRef(after.ref), table.byKey(keyOf(1))]).toEqual([undefined, after, undefined]);
});

test('who prints a handle sees no preshared key, and asking about a silent peer begins nothing', () => {
  const peer = new PeerTable().add(keyOf(1), surroundings);
  peer.presharedKey = keyOf(0xab);
  expect(inspect(peer.ref, { depth: 9, showHidden: true }) + JSON.stringify(peer.ref)).not.toContain('171');
  expect(peer.conversation).toBeUndefined();
  peer.persistentKeepalive = 25_000;
  peer.timers.authenticatedSent(0);
  expect([peer.conversation?.timers, peer.timers.nextDeadline()]).toEqual([peer.timers, 25_000]);
});
