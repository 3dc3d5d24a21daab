import type { Claim, Flow, NetmapChange, NewFlow } from '@heddle/core';
import { BehaviorSubject } from 'rxjs';
import { expect, test } from 'vitest';
import { INGRESS } from './ingress-rules.js';
import { PeerApi } from './peer-api.js';

const OWN = '100.64.0.1';
const RELAY = '100.64.0.2';
const NOISY = '100.64.0.3';

/** A connection on which nothing is ever said; `resets` counts those that were refused. */
function silentFlow(from: string, resets: string[]): Flow {
  return {
    local: { address: OWN, port: 1 },
    remote: { address: from, port: 4711 },
    write: (bytes) => bytes.length,
    read: () => 0,
    shutdown: () => {},
    close: () => {},
    reset: () => void resets.push(from),
    on: () => {},
  };
}

test('a peer that brings nobody cannot keep visitors out with connections on which it says nothing', () => {
  let decide: ((flow: NewFlow) => Claim | undefined) | undefined;
  const self = { addresses: [`${OWN}/32`] };
  const netmap = new BehaviorSubject({ seq: 0, map: { self, peers: new Map() } } as unknown as NetmapChange);
  const whois = (address: string) => ({ peer: { id: address }, tags: [], capabilities: new Map(address === RELAY ? [[INGRESS, []]] : []) });
  const parts = {
    node: { netmap$: netmap, whois, preferences: { value: { shieldsUp: false } } },
    flows: {
      intercept: (asked: typeof decide) => {
        decide = asked;
        return () => {};
      },
    },
    offers: { add: () => () => {} },
    clock: { now: () => 0, wall: () => 0, at: () => () => {} },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    door: { ingress$: new BehaviorSubject('on'), isOpenFor: () => true, enter: () => {} },
  };
  const api = new PeerApi(parts as never, { port: 1, trust: undefined, patience: 10_000, undecided: 16 });
  api.start();
  const resets: string[] = [];
  const come = (from: string): void => {
    const flow = silentFlow(from, resets);
    const claim = decide?.({ protocol: 'tcp', local: flow.local, remote: flow.remote });
    if (typeof claim === 'object' && 'accept' in claim) claim.accept(flow);
  };
  for (let i = 0; i < 20; i++) come(NOISY);
  expect(resets).toEqual(Array(18).fill(NOISY));
  for (let i = 0; i < 14; i++) come(RELAY);
  expect(resets).toHaveLength(18);
  come(RELAY);
  expect(resets.at(-1)).toBe(RELAY);
});
