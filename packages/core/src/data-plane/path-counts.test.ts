import { expect, test } from 'vitest';
import type { Remote } from '../contracts/remote.js';
import { mergeTallies, PathCounts, pathKind } from './path-counts.js';

function remote(scheme: string, address?: string): Remote {
  const ip = address === undefined ? {} : { ip: { address, port: 1 } };
  return { scheme, text: `${scheme}:x`, id: new Uint8Array(1), limitKey: 'x', ...ip };
}

const V4 = remote('udp', '192.0.2.1');
const V6 = remote('udp', 'fd00::1');

test('a path is named by the family of its address; a relay, and what has no address, by its scheme', () => {
  expect(pathKind(V4, false)).toBe('direct_ipv4');
  expect(pathKind(V6, false)).toBe('direct_ipv6');
  expect(pathKind(remote('derp', '192.0.2.1'), true)).toBe('derp');
  expect(pathKind(remote('memory'), false)).toBe('memory');
});

test('what goes and comes is counted by kind of path, and summed by scheme', () => {
  const counts = new PathCounts('udp', false);
  counts.sent(V4, 2, 200);
  counts.sent(V6, 3, 300);
  counts.received(V6, 5, 500);
  expect(counts.tallies()).toEqual([
    { path: 'direct_ipv4', sentPackets: 2, sentBytes: 200, receivedPackets: 0, receivedBytes: 0 },
    { path: 'direct_ipv6', sentPackets: 3, sentBytes: 300, receivedPackets: 5, receivedBytes: 500 },
  ]);
  expect(counts.sum()).toEqual({ scheme: 'udp', sentPackets: 5, sentBytes: 500, receivedPackets: 5, receivedBytes: 500 });
});

test('two Binds of one kind of path are one row', () => {
  const [udp, quic] = [new PathCounts('udp', false), new PathCounts('quic', false)];
  udp.sent(V4, 1, 10);
  quic.sent(remote('quic', '192.0.2.1'), 2, 20);
  expect(mergeTallies([...udp.tallies(), ...quic.tallies()])).toEqual([
    { path: 'direct_ipv4', sentPackets: 3, sentBytes: 30, receivedPackets: 0, receivedBytes: 0 },
  ]);
});
