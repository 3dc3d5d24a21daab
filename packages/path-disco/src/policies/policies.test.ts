import type { Candidate, Decision, PathsOfPeer, Remote } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { avoid } from './avoid.js';
import { direct } from './direct.js';
import { overTwoPaths } from './over-two-paths.js';
import { pin } from './pin.js';
import { relayIfFaster } from './relay-if-faster.js';
import { relayOnly } from './relay-only.js';

const NOW = 100_000;
const remotes = new Map<string, Remote>();

function at(text: string): Remote {
  const [scheme = '', address = ''] = text.split(':');
  const ip = scheme === 'udp' ? { ip: { address, port: 1 } } : {};
  const made = remotes.get(text) ?? { scheme, text, id: new Uint8Array(1), limitKey: text, ...ip };
  remotes.set(text, made);
  return made;
}

const way = (text: string, latency: number, more: Partial<Candidate> = {}): Candidate => ({
  remote: at(text),
  relay: text.startsWith('relay'),
  latency,
  loss: 0,
  trustedUntil: NOW + 1,
  ...more,
});
const [WAN, WAN2, LAN] = [way('udp:203.0.113.1', 20), way('udp:203.0.113.2', 20), way('udp:10.0.0.5', 1)];
const HOME = way('relay:home', 60, { trustedUntil: Infinity });
const late = { trustedUntil: NOW };

function paths(candidates: readonly Candidate[], more: Partial<PathsOfPeer> = {}): PathsOfPeer {
  const peer = { id: 'p', name: 'p', nodeKey: new Uint8Array(32), addresses: [], allowedIps: [], endpoints: [], homeRelay: 'relay:home' };
  return { peer, lastAuthenticated: undefined, configured: [], candidates, current: undefined, ...more };
}

const texts = ({ primary, also }: Decision): readonly (string | undefined)[] => [primary?.text, ...(also ?? []).map(({ text }) => text)];
const using = (text: string): Partial<PathsOfPeer> => ({ current: { primary: at(text), reason: 'before' } });

describe('direct', () => {
  test('prefers a direct path that answers to any relay, and the LAN to the internet', () => {
    expect(texts(direct(paths([HOME, WAN, LAN]), NOW))).toEqual(['udp:10.0.0.5']);
    expect(texts(direct(paths([way('relay:home', 1, { trustedUntil: Infinity }), WAN]), NOW))).toEqual(['udp:203.0.113.1']);
  });

  test('stays on the path in use unless another is clearly better', () => {
    expect(texts(direct(paths([WAN, way('udp:203.0.113.2', 18)], using('udp:203.0.113.1')), NOW))).toEqual(['udp:203.0.113.1']);
    expect(texts(direct(paths([WAN, way('udp:203.0.113.2', 10)], using('udp:203.0.113.1')), NOW))).toEqual(['udp:203.0.113.2']);
    expect(texts(direct(paths([WAN, LAN], using('udp:203.0.113.1')), NOW))).toEqual(['udp:10.0.0.5']);
  });

  test('goes by relay while no path has answered', () => {
    const unheard = { remote: at('udp:203.0.113.1'), relay: false, latency: undefined, loss: 0, trustedUntil: -Infinity };
    expect(texts(direct(paths([HOME, unheard]), NOW))).toEqual(['relay:home']);
  });

  test('E4: copies go by relay while the path is in doubt, unless another answers', () => {
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 20, late)]), NOW))).toEqual(['udp:203.0.113.1', 'relay:home']);
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 20, late), WAN2], using('udp:203.0.113.1')), NOW))).toEqual([
      'udp:203.0.113.2',
    ]);
  });

  test('E5: while all paths are in doubt, the one in use stays; without one, the one that answered last', () => {
    const [old, now] = [way('udp:203.0.113.1', 10, { trustedUntil: NOW - 5_000 }), way('udp:203.0.113.2', 60, late)];
    expect(texts(direct(paths([HOME, old, now], using('udp:203.0.113.2')), NOW))).toEqual(['udp:203.0.113.2', 'relay:home']);
    expect(texts(direct(paths([HOME, old, now], using('relay:home')), NOW))).toEqual(['udp:203.0.113.2', 'relay:home']);
  });

  test('E4: a path that loses its pings is left alone', () => {
    const lost = { demoted: 'pings are lost', loss: 0.3 };
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 20, { ...late, ...lost })]), NOW))).toEqual(['relay:home']);
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 20, lost)]), NOW))).toEqual(['relay:home']);
  });

  test('E5: a path that became slow stays while it is not slower than the relay', () => {
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 59, { demoted: 'slow' })]), NOW))).toEqual(['udp:203.0.113.1']);
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 61, { demoted: 'slow' })]), NOW))).toEqual(['relay:home']);
    expect(texts(direct(paths([HOME, way('udp:203.0.113.1', 61, { demoted: 'slow' }), WAN2]), NOW))).toEqual(['udp:203.0.113.2']);
  });

  test('E5: between a slow path and a relay that takes about as long, what is in use stays', () => {
    for (const latency of [55, 65]) {
      const slow = way('udp:203.0.113.1', latency, { demoted: 'slow' });
      expect(texts(direct(paths([HOME, slow], using('udp:203.0.113.1')), NOW))).toEqual(['udp:203.0.113.1']);
      expect(texts(direct(paths([HOME, slow], using('relay:home')), NOW))).toEqual(['relay:home']);
    }
    const fast = way('udp:203.0.113.1', 40, { demoted: 'slow' });
    expect(texts(direct(paths([HOME, fast], using('relay:home')), NOW))).toEqual(['udp:203.0.113.1']);
  });

  test('E5: a slow path in use that is in doubt for a moment is not left for that moment: the relay gets copies', () => {
    const slow = way('udp:203.0.113.1', 59, { ...late, demoted: 'slow' });
    expect(texts(direct(paths([HOME, slow], using('udp:203.0.113.1')), NOW))).toEqual(['udp:203.0.113.1', 'relay:home']);
    const lossy = { ...slow, loss: 0.2 };
    expect(texts(direct(paths([HOME, lossy], using('udp:203.0.113.1')), NOW))).toEqual(['relay:home']);
  });

  test('takes the peer’s home before a relay by which it was merely heard', () => {
    expect(texts(direct(paths([way('relay:other', 1, { trustedUntil: Infinity }), HOME]), NOW))).toEqual(['relay:home']);
    expect(texts(direct(paths([way('relay:other', 1, { trustedUntil: Infinity })]), NOW))).toEqual(['relay:other']);
  });

  test('for a plain WireGuard peer it is where that spoke from last, then where control says', () => {
    const [last, configured] = [at('udp:192.0.2.1'), [at('udp:192.0.2.2')]];
    expect(texts(direct(paths([], { lastAuthenticated: last, configured }), NOW))).toEqual(['udp:192.0.2.1']);
    expect(texts(direct(paths([], { configured }), NOW))).toEqual(['udp:192.0.2.2']);
    expect(texts(direct(paths([]), NOW))).toEqual([undefined]);
  });

  test('the reason does not change with the measurements, so that nobody is told of nothing', () => {
    const reasons = [1, 5, 20, 80].map((latency) => direct(paths([HOME, way('udp:203.0.113.1', latency)]), NOW).reason);
    expect(new Set(reasons).size).toBe(1);
  });
});

test('relayOnly never goes direct, and nowhere when there is no relay', () => {
  expect(texts(relayOnly(paths([WAN, LAN, HOME]), NOW))).toEqual(['relay:home']);
  expect(texts(relayOnly(paths([WAN], { configured: [WAN.remote], lastAuthenticated: WAN.remote }), NOW))).toEqual([undefined]);
});

test('relayIfFaster takes the relay where it is clearly faster, and leaves it at equal times', () => {
  expect(texts(relayIfFaster(paths([HOME, way('udp:203.0.113.1', 100)]), NOW))).toEqual(['relay:home']);
  expect(texts(relayIfFaster(paths([HOME, way('udp:203.0.113.1', 70)]), NOW))).toEqual(['udp:203.0.113.1']);
  expect(texts(relayIfFaster(paths([HOME, way('udp:203.0.113.1', 70)], using('relay:home')), NOW))).toEqual(['relay:home']);
  expect(texts(relayIfFaster(paths([HOME, way('udp:203.0.113.1', 60)], using('relay:home')), NOW))).toEqual(['udp:203.0.113.1']);
});

test('pin goes to one place, whatever its health, for peers that have it', () => {
  const policy = pin('udp:203.0.113.1');
  expect(texts(policy(paths([HOME, LAN, way('udp:203.0.113.1', 500, late)]), NOW))).toEqual(['udp:203.0.113.1']);
  expect(texts(policy(paths([HOME], { configured: [at('udp:203.0.113.1')] }), NOW))).toEqual(['udp:203.0.113.1']);
  expect(texts(policy(paths([HOME, LAN]), NOW))).toEqual(['udp:10.0.0.5']);
});

test('avoid hides places from another policy, also those in use', () => {
  const policy = avoid(({ text }) => text.startsWith('udp:10.'));
  expect(texts(policy(paths([HOME, LAN, WAN], using('udp:10.0.0.5')), NOW))).toEqual(['udp:203.0.113.1']);
  expect(texts(policy(paths([LAN], { lastAuthenticated: LAN.remote, configured: [LAN.remote] }), NOW))).toEqual([undefined]);
});

test('overTwoPaths adds the next best path that answers, and nothing where there is one', () => {
  const policy = overTwoPaths();
  expect(texts(policy(paths([HOME, LAN, WAN]), NOW))).toEqual(['udp:10.0.0.5', 'udp:203.0.113.1']);
  expect(texts(policy(paths([HOME, LAN]), NOW))).toEqual(['udp:10.0.0.5', 'relay:home']);
  expect(texts(policy(paths([LAN]), NOW))).toEqual(['udp:10.0.0.5']);
});
