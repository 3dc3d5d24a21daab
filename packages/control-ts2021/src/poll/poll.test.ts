import type { LocalEndpoint } from '@heddle/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BackOff } from './back-off.js';
import { endpointListsOf, hostinfoOf } from './hostinfo.js';
import { UpdateSchedule } from './update-schedule.js';

const facts = { hostname: 'one', os: 'linux', tags: [] };

test('C7: whatever chance says, a minute of failures sees at most twelve tries, and waits never pass 8 s or 60 s', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
      fc.boolean(),
      (chances, silent) => {
        let n = 0;
        const backOff = new BackOff(() => chances[n++ % chances.length]!);
        const tries = [0];
        while (tries.at(-1)! < 600_000) {
          const now = tries.at(-1)!;
          tries.push(backOff.failed(silent ? 'silent' : 'refused', now, now));
        }
        expect(tries.filter((at) => at < 60_000).length).toBeLessThanOrEqual(12);
        const longest = Math.max(...tries.map((at, i) => at - (tries[i - 1] ?? 0)));
        expect(longest).toBeLessThanOrEqual(silent ? 8_000 : 60_000);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('a try that took long is not paid for twice, but a pause follows it', () => {
  const backOff = new BackOff(() => 0);
  expect(backOff.failed('silent', 0, 10_000)).toBe(10_850);
});

test('a wish of the server to be left alone is obeyed; another kind of failure begins anew', () => {
  const backOff = new BackOff(() => 0);
  expect(backOff.failed('refused', 0, 0, 45_000)).toBe(45_000);
  for (let i = 0; i < 5; i++) backOff.failed('refused', 0, 0);
  expect(backOff.failed('silent', 0, 0)).toBe(850);
});

test('Hostinfo is whole each time, with the home region of the relay', () => {
  expect(hostinfoOf(facts, {})).toMatchObject({ Hostname: 'one', OS: 'linux', NetInfo: { PreferredDERP: 0 } });
  const update = { hostname: 'two', homeRelay: `derp:900/${'ab'.repeat(32)}`, routes: ['10.0.0.0/8'], shieldsUp: true };
  expect(hostinfoOf({ ...facts, tags: ['tag:x'] }, { ...update, services: [{ protocol: 'peerapi4', port: 7 }] })).toMatchObject({
    Hostname: 'two',
    NetInfo: { PreferredDERP: 900 },
    RoutableIPs: ['10.0.0.0/8'],
    RequestTags: ['tag:x'],
    ShieldsUp: true,
    Services: [{ Proto: 'peerapi4', Port: 7 }],
  });
  expect(hostinfoOf(facts, { homeRelay: 'mem:relay' }).NetInfo.PreferredDERP).toBe(0);
});

test('whether visitors from the internet may come is said in one of two fields, or in none', () => {
  const facts = { hostname: 'one', os: 'linux', tags: [] };
  expect(hostinfoOf(facts, { ingress: 'on' })).toMatchObject({ IngressEnabled: true });
  expect(hostinfoOf(facts, { ingress: 'on' })).not.toHaveProperty('WireIngress');
  expect(hostinfoOf(facts, { ingress: 'prepared' })).toMatchObject({ WireIngress: true });
  expect(hostinfoOf(facts, { ingress: 'off' })).not.toMatchObject({ IngressEnabled: expect.anything() });
});

test('endpoints are two lists of the same length; relays and what has no address are left out', () => {
  const at = (kind: LocalEndpoint['kind'], ip?: { address: string; port: number }): LocalEndpoint => ({
    kind,
    remote: { scheme: 'udp', text: 'x', id: new Uint8Array(1), limitKey: 'x', ...(ip && { ip }) },
  });
  const v4 = { address: '192.0.2.1', port: 1 };
  const v6 = { address: '2001:db8::1', port: 2 };
  expect(endpointListsOf([at('local', v4), at('stun', v6), at('mapped', v4), at('explicit', v4), at('relay', v4), at('local')])).toEqual({
    Endpoints: ['192.0.2.1:1', '[2001:db8::1]:2', '192.0.2.1:1', '192.0.2.1:1'],
    EndpointTypes: [1, 2, 3, 5],
  });
});

test('an update goes out once a poll has its map, also when nothing has changed', () => {
  const schedule = new UpdateSchedule();
  schedule.changed(0);
  expect(schedule.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  for (const now of [0, 1_000]) {
    schedule.opened(now);
    expect(schedule.begin(now, 'same')).toBe(true);
    schedule.took('same');
    schedule.closed();
  }
});

test('one update at a time; what changes meanwhile goes into the next; an equal one is not sent', () => {
  const schedule = new UpdateSchedule();
  schedule.opened(0);
  expect(schedule.begin(0, 'a')).toBe(true);
  schedule.changed(10);
  expect(schedule.begin(5_000, 'b')).toBe(false);
  schedule.took('a');
  expect(schedule.nextDeadline()).toBe(1_000);
  expect(schedule.begin(1_000, 'b')).toBe(true);
  schedule.took('b');
  schedule.changed(3_000);
  expect(schedule.begin(3_100, 'b')).toBe(false);
  expect(schedule.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('an update that failed is tried again, ever more slowly, and not after the poll', () => {
  const schedule = new UpdateSchedule();
  schedule.opened(0);
  const waits: number[] = [];
  for (let i = 0, now = 0; i < 7; i++) {
    schedule.begin(now, 'a');
    schedule.failed(now);
    waits.push(schedule.nextDeadline() - now);
    now = schedule.nextDeadline();
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  schedule.closed();
  expect(schedule.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});
