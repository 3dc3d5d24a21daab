import { SeededRandom } from '@heddle/testing';
import { decodeStunRequest, encodeStunAnswer, parseAddress, parseAddressPort } from '@heddle/wire';
import { expect, test } from 'vitest';
import type { NetcheckReport } from './netcheck-report.js';
import { type StunAction, StunChecker, toldPlaces } from './stun-checker.js';
import type { StunSend } from './stun-round.js';
import type { StunTarget } from './stun-servers.js';

type Server = (send: StunSend, now: number) => { readonly seen: string; readonly after: number } | undefined;

/** The checker, its servers and the time between them. */
class Story {
  readonly checker: StunChecker;
  readonly sends: { readonly at: number; readonly to: string }[] = [];
  readonly reports: NetcheckReport[] = [];
  readonly told: string[][] = [];
  now = 1_000;
  sent = 0;
  received = 0;
  server: Server;
  #coming: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  constructor(server: Server, regions = 1) {
    this.server = server;
    const random = new SeededRandom('story');
    this.checker = new StunChecker((bytes) => random.fill(bytes));
    this.checker.setSockets(this.now, new Set([4]));
    this.perform(
      this.checker.setServers(
        this.now,
        Array.from({ length: regions }, (_, i) => target(i + 1)),
      ),
    );
  }

  /** Time goes on; `each` is called once a millisecond step that matters. */
  until(end: number): void {
    for (;;) {
      const at = Math.min(this.checker.nextDeadline(), ...this.#coming.map((each) => each.at));
      if (at > end) break;
      this.now = Math.max(this.now, at);
      const due = this.#coming.filter((each) => each.at <= this.now);
      this.#coming = this.#coming.filter((each) => each.at > this.now);
      for (const { bytes } of due) this.perform(this.checker.received(this.now, bytes));
      this.perform(this.checker.tick(this.now, this));
    }
    this.now = end;
  }

  perform(actions: readonly StunAction[]): void {
    for (const action of actions) {
      if (action.type === 'report') this.reports.push(action.report);
      else if (action.type === 'places') this.told.push(toldPlaces(action.places).map(({ address, port }) => `${address}:${port}`));
      else this.#send(action);
    }
  }

  #send(send: StunSend): void {
    this.sends.push({ at: this.now, to: send.to.address });
    const answer = this.server(send, this.now);
    if (answer === undefined) return;
    const { transaction } = decodeStunRequest(send.bytes)!;
    const bytes = encodeStunAnswer({ transaction, ...parseAddressPort(answer.seen)! });
    this.#coming.push({ at: this.now + answer.after, bytes });
  }
}

const target = (n: number): StunTarget => ({ region: n, family: 4, address: `198.51.100.${n}`, port: 3478 });
const always =
  (seen: string, after = 20): Server =>
  ({ to }) =>
    to.address.startsWith('198.') ? { seen, after } : undefined;

test('asks at once and tells the place that the server saw', () => {
  const s = new Story(always('203.0.113.1:40000'));
  s.until(5_000);
  expect(s.told).toEqual([['203.0.113.1:40000']]);
  expect(s.reports.at(-1)).toMatchObject({ asked: 1, udp: true, ipv4: true, ipv6: false, hairpin: false });
  expect(s.reports.at(-1)!.latencies.get(1)).toEqual({ best: 20, v4: 20 });
});

test('a lost request is repeated twice, 100 ms apart, and latency counts from the one that was answered', () => {
  let n = 0;
  const s = new Story((send, now) => (++n < 3 ? undefined : always('203.0.113.1:40000', 7)(send, now)));
  s.until(1_230);
  expect(s.sends.slice(0, 3).map(({ at }) => at)).toEqual([1_000, 1_100, 1_200]);
  s.until(5_000);
  expect(s.reports[0]!.latencies.get(1)!.best).toBe(7);
});

test('E8: when nobody answers, the report says so after three seconds and no place is told', () => {
  const s = new Story(() => undefined);
  s.until(60_000);
  expect(s.reports).toHaveLength(1);
  expect(s.reports[0]).toMatchObject({ at: 4_000, asked: 1, udp: false, ipv4: false, latencies: new Map() });
  expect([s.told, s.sends.length]).toEqual([[], 3]);
});

test.each(['0.0.0.0:9', '224.0.0.1:9', '255.255.255.255:9', '[2001:db8::9]:9', '203.0.113.1:0'])(
  'a server that claims to have seen %s has not answered: another one is heard',
  (nowhere) => {
    const s = new Story((send, now) => always(send.to.address.endsWith('1') ? nowhere : '203.0.113.1:40000')(send, now), 2);
    s.until(5_000);
    expect(s.told).toEqual([['203.0.113.1:40000']]);
    expect([...s.reports[0]!.latencies.keys()]).toEqual([2]);
    expect(s.sends.every(({ to }) => to.startsWith('198.') || to === '203.0.113.1')).toBe(true);
  },
);

test('two servers that see the same place mean a NAT that can be told; two that see different ones do not', () => {
  const same = new Story(always('203.0.113.1:40000'), 2);
  same.until(5_000);
  expect(same.reports[0]!.mappingVaries).toBe(false);
  const varying = new Story(({ to }) => ({ seen: `203.0.113.1:${40_000 + Number(to.address.at(-1))}`, after: 20 }), 2);
  varying.until(5_000);
  expect(varying.reports[0]!.mappingVaries).toBe(true);
  expect(varying.told).toEqual([['203.0.113.1:40001']]);
});

test('a NAT that varies makes no noise: the place of the first server is kept as long as it is confirmed', () => {
  const s = new Story(
    ({ to }) => ({ seen: `203.0.113.1:${40_000 + Number(to.address.at(-1))}`, after: to.address.endsWith('1') ? 30 : 20 }),
    3,
  );
  for (let t = 2_000; t < 100_000; t += 500) {
    if (s.checker.asleep) s.checker.wake(s.now);
    s.sent += 1;
    s.received += 1;
    s.until(t);
  }
  expect(s.reports.length).toBeGreaterThan(3);
  expect(s.told).toHaveLength(1);
});

test('E9: the mapping is refreshed every 20 to 26 seconds while there is traffic, and not when there is none', () => {
  const s = new Story(always('203.0.113.1:40000'));
  for (let t = 2_000; t <= 120_000; t += 1_000) {
    if (s.checker.asleep) s.checker.wake(s.now);
    s.sent += 1;
    s.received += 1;
    s.until(t);
  }
  const rounds = s.reports.map(({ at }) => at).slice(2);
  for (const [i, at] of rounds.entries()) if (i > 0) expect(at - rounds[i - 1]!).toBeGreaterThanOrEqual(20_000 - 600);
  expect(rounds.length).toBeGreaterThanOrEqual(4);
  s.until(170_000);
  const before = s.sends.length;
  s.until(1_000_000);
  expect([s.sends.length, s.checker.nextDeadline()]).toEqual([before, Infinity]);
});

test('E9: a NAT that forgot us is noticed within about three seconds, because we speak and hear nothing', () => {
  const s = new Story(always('203.0.113.1:40000'));
  const talk = (from: number, to: number, heard: boolean): void => {
    for (let t = from; t < to; t += 200) {
      if (s.checker.asleep) s.checker.wake(s.now);
      s.sent += 1;
      if (heard) s.received += 1;
      s.until(t);
    }
  };
  talk(2_000, 10_000, true);
  s.server = always('203.0.113.1:50000');
  talk(10_000, 14_000, false);
  expect(s.told.at(-1)).toEqual(['203.0.113.1:50000']);
  const asked = s.sends.length;
  talk(14_000, 600_000, false);
  expect(s.sends.length - asked).toBeLessThan(60);
});

test('a server that sees another place than before is believed at once', () => {
  const s = new Story(always('203.0.113.1:40000'), 2);
  s.until(5_000);
  s.server = ({ to }) =>
    to.address.endsWith('1') ? { seen: '203.0.113.9:40000', after: 10 } : { seen: '203.0.113.9:40000', after: 2_000 };
  s.checker.check(s.now);
  s.until(5_050);
  expect(s.told.at(-1)).toEqual(['203.0.113.9:40000']);
});

test('a hairpin shows itself by our own request coming back', () => {
  const s = new Story(always('203.0.113.1:40000'));
  const own: Uint8Array[] = [];
  const perform = s.perform.bind(s);
  s.perform = (actions) => {
    for (const a of actions) if (a.type === 'send' && a.to.address === '203.0.113.1') own.push(a.bytes);
    perform(actions);
  };
  s.until(1_025);
  s.perform(s.checker.received(1_030, own[0]!));
  expect(s.reports[0]).toMatchObject({ hairpin: true, at: 1_030 });
});

test('answers to what was never asked, repeated ones and noise change nothing', () => {
  const s = new Story(() => undefined);
  s.until(1_000);
  const stranger = encodeStunAnswer({ transaction: new Uint8Array(12), address: parseAddress('203.0.113.66')!, port: 1 });
  expect(s.checker.received(1_010, stranger)).toEqual([]);
  expect(s.checker.received(1_010, stranger.slice(0, 21))).toEqual([]);
});

test('without servers it asks nobody and tells nothing any more', () => {
  const s = new Story(always('203.0.113.1:40000'));
  s.until(5_000);
  s.perform(s.checker.setServers(s.now, []));
  expect(s.told.at(-1)).toEqual([]);
  const before = s.sends.length;
  s.until(100_000);
  expect(s.sends.length).toBe(before);
});

test('an inner round asks the three fastest regions, a full one all of them', () => {
  const s = new Story((send, now) => always('203.0.113.1:40000', 10 * Number(send.to.address.at(-1)))(send, now), 5);
  s.until(5_000);
  expect([...s.reports[0]!.latencies.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
  const before = s.sends.length;
  s.checker.wake(s.now);
  s.until(6_000);
  expect(s.sends.slice(before).map(({ to }) => to)).toEqual(['198.51.100.1', '198.51.100.2', '198.51.100.3']);
});
