import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counting } from '../../test/keys.js';
import { EAGER_ROUNDS, IDLE_AFTER, PINGS_PER_SECOND, TRUST } from './constants.js';
import { type Action, type Input, PeerProber } from './peer-prober.js';
import type { Traffic } from './traffic-watch.js';

const HOME = 'relay:home';

/** One prober, a network that answers pings after a round trip, or never, and virtual time. */
class Sim {
  readonly prober = new PeerProber(0, counting());
  readonly sent: { readonly at: number; readonly action: Action }[] = [];
  now = 0;
  /** Packets go out in each step of the clock. */
  talking = false;
  /** Packets come in, too. */
  hearing = false;
  primary: string | undefined;
  /** Where the peer sees us. */
  source = '203.0.113.1:41641';
  readonly #roundTrip: (to: string, now: number) => number | undefined;
  #answers: { readonly at: number; readonly input: Input }[] = [];
  #counts = { sent: 0, heard: 0 };

  constructor(roundTrip: (to: string, now: number) => number | undefined = () => undefined) {
    this.#roundTrip = roundTrip;
  }

  feed(input: Input): this {
    this.#perform(this.prober.handle(this.now, input));
    return this;
  }

  peer(...endpoints: readonly string[]): this {
    return this.feed({ type: 'peer', endpoints, relay: HOME, newKey: false });
  }

  talk(): this {
    this.talking = true;
    return this.feed({ type: 'wanted' });
  }

  until(end: number): this {
    while (this.now < end) this.#step();
    return this;
  }

  works(text: string): boolean {
    return this.prober.ways.some((way) => way.text === text && way.works(this.now));
  }

  pings(to?: string): readonly number[] {
    return this.sent.flatMap(({ at, action }) => (action.type === 'ping' && (to === undefined || action.to === to) ? [at] : []));
  }

  /** What each call told to forget. */
  get gone(): readonly (readonly string[])[] {
    return this.sent.flatMap(({ action }) => (action.type === 'call-me-maybe' ? [action.gone] : []));
  }

  count(type: Action['type']): number {
    return this.sent.filter(({ action }) => action.type === type).length;
  }

  #step(): void {
    this.now += 50;
    this.#counts = { sent: this.#counts.sent + Number(this.talking), heard: this.#counts.heard + Number(this.hearing) };
    const due = this.#answers.filter(({ at }) => at <= this.now);
    this.#answers = this.#answers.filter(({ at }) => at > this.now);
    for (const { input } of due) this.feed(input);
    const traffic: Traffic = { primary: this.primary, ...this.#counts };
    if (this.prober.nextDeadline(this.now) <= this.now) this.#perform(this.prober.tick(this.now, traffic));
  }

  #perform(actions: readonly Action[]): void {
    for (const action of actions) {
      this.sent.push({ at: this.now, action });
      if (action.type !== 'ping') continue;
      const roundTrip = this.#roundTrip(action.to, this.now);
      const { source } = this;
      const answer: Input = { type: 'pong', from: action.to, relay: action.to === HOME, txId: action.txId, source };
      if (roundTrip !== undefined) this.#answers.push({ at: this.now + roundTrip, input: answer });
    }
  }
}

describe('looking for a path', () => {
  test('nobody who is idle is pinged; the first packet has everybody asked, and the peer called by relay behind that', () => {
    const sim = new Sim().peer('a', 'b').until(60_000);
    expect(sim.pings()).toEqual([]);
    expect(sim.count('watch')).toBeGreaterThan(0);
    sim.talk();
    const types = sim.sent.slice(-5).map(({ action }) => (action.type === 'ping' ? action.to : action.type));
    expect(types.slice(-4).sort()).toEqual(['a', 'b', 'call-me-maybe', HOME].sort());
    expect(types.at(-1)).toBe('call-me-maybe');
  });

  test('while nothing answers it asks again each second, later every five seconds, until packets stop for 45 seconds', () => {
    const sim = new Sim()
      .peer('a')
      .talk()
      .until(1_000 * EAGER_ROUNDS);
    const eager = sim.pings('a').length;
    expect(Math.abs(eager - EAGER_ROUNDS)).toBeLessThanOrEqual(1);
    sim.until(1_000 * EAGER_ROUNDS + 20_000);
    expect(sim.pings('a').length - eager).toBeGreaterThanOrEqual(4);
    expect(sim.pings('a').length - eager).toBeLessThanOrEqual(6);
    sim.talking = false;
    sim.until(sim.now + IDLE_AFTER + 10_000);
    const before = sim.pings().length;
    sim.until(sim.now + 600_000);
    expect(sim.pings().length).toBe(before);
    expect(sim.prober.nextDeadline(sim.now)).toBe(Infinity);
  });

  test('a path that works but is slow is no reason to call: the other side would take its own for broken', () => {
    const sim = new Sim((to, now) => (to === 'a' ? (now < 20_000 ? 20 : 200) : undefined)).peer('a').talk();
    sim.primary = 'a';
    sim.hearing = true;
    sim.until(30_000);
    expect(sim.prober.ways.find(({ text }) => text === 'a')?.health.demoted).toMatch(/slower/);
    const before = sim.count('call-me-maybe');
    sim.until(60_000);
    expect(sim.count('call-me-maybe')).toBe(before);
  });

  test('a call is not answered by a call: both would call for ever', () => {
    const sim = new Sim(() => 400).peer('a').talk();
    sim.primary = 'a';
    sim.hearing = true;
    sim.until(20_000);
    const before = sim.count('call-me-maybe');
    for (let i = 0; i < 10; i++) sim.feed({ type: 'call-me-maybe', endpoints: ['a'] }).until(sim.now + 6_350);
    expect(sim.count('call-me-maybe')).toBe(before);
  });

  test('a pong is trusted for six and a half seconds, and heartbeats renew that', () => {
    const sim = new Sim(() => 20).peer('a').talk();
    sim.primary = 'a';
    sim.hearing = true;
    sim.until(60_000);
    expect(sim.works('a')).toBe(true);
    sim.talking = sim.hearing = false;
    sim.until(60_000 + IDLE_AFTER + TRUST + 1_000);
    expect(sim.works('a')).toBe(false);
  });

  test('who pings us from a new place is answered, and asked there at once', () => {
    const sim = new Sim(() => 20).peer();
    sim.feed({ type: 'ping', from: 'x', relay: false, txId: new Uint8Array(12) });
    expect([sim.count('pong'), sim.pings('x').length]).toEqual([1, 1]);
    sim.until(100);
    expect(sim.works('x')).toBe(true);
  });

  test('a repeated tx id gets one pong, wherever it comes from', () => {
    const sim = new Sim().peer();
    for (const from of ['x', 'x', 'y', 'z']) sim.feed({ type: 'ping', from, relay: false, txId: new Uint8Array(12) });
    expect(sim.count('pong')).toBe(1);
    expect(sim.pings('y')).toEqual([]);
  });

  test('a call has all places of the list pinged, and those of the list before forgotten', () => {
    const sim = new Sim().peer('a').feed({ type: 'call-me-maybe', endpoints: ['b', 'c'] });
    expect([sim.pings('a'), sim.pings('b'), sim.pings('c')].map(({ length }) => length)).toEqual([1, 1, 1]);
    sim.feed({ type: 'call-me-maybe', endpoints: ['c'] });
    expect(sim.prober.ways.map(({ text }) => text).sort()).toEqual(['a', 'c', HOME]);
    expect(sim.count('call-me-maybe')).toBe(0);
  });
});

describe('E3: pongs that prove nothing', () => {
  const asked = (): { readonly sim: Sim; readonly txId: Uint8Array } => {
    const sim = new Sim().peer('a').talk();
    const ping = sim.sent.find(({ action }) => action.type === 'ping' && action.to === 'a')!.action;
    return { sim, txId: ping.type === 'ping' ? ping.txId : new Uint8Array() };
  };
  const pong = (from: string, txId: Uint8Array): Input => ({ type: 'pong', from, relay: false, txId });

  test('the right one is believed', () => {
    const { sim, txId } = asked();
    expect(sim.feed(pong('a', txId)).works('a')).toBe(true);
  });

  test('an unknown tx id', () => {
    const { sim } = asked();
    expect(sim.feed(pong('a', new Uint8Array(12).fill(9))).works('a')).toBe(false);
  });

  test('from another place than was asked, and after that its tx id is used up', () => {
    const { sim, txId } = asked();
    expect(sim.feed(pong('b', txId)).works('b')).toBe(false);
    expect(sim.feed(pong('a', txId)).works('a')).toBe(false);
  });

  test('late: after five seconds', () => {
    const { sim, txId } = asked();
    expect(sim.until(5_100).feed(pong('a', txId)).works('a')).toBe(false);
  });

  test('the same one twice renews nothing', () => {
    const { sim, txId } = asked();
    sim.feed(pong('a', txId)).until(3_000).feed(pong('a', txId));
    const way = sim.prober.ways.find(({ text }) => text === 'a')!;
    expect(way.trustedUntil).toBe(TRUST);
  });
});

describe('E4: a path that falls silent', () => {
  const broken = (at: number): Sim => {
    const sim = new Sim((to, now) => (to === HOME || now < at ? 20 : undefined)).peer('a').talk();
    sim.primary = 'a';
    sim.hearing = true;
    return sim;
  };

  test('is in doubt within two seconds', () => {
    const sim = broken(10_000).until(10_000);
    sim.hearing = false;
    expect(sim.works('a')).toBe(true);
    expect(sim.until(12_000).works('a')).toBe(false);
  });

  test('also when packets still come in: pings are missed', () => {
    expect(broken(10_000).until(12_000).works('a')).toBe(false);
  });

  test('is demoted when two pings are lost, and the peer is called', () => {
    const sim = broken(10_000).until(10_000);
    sim.hearing = false;
    const calls = sim.count('call-me-maybe');
    sim.until(18_000);
    expect(sim.prober.ways.find(({ text }) => text === 'a')!.health.demoted).toBe('pings are lost');
    expect(sim.count('call-me-maybe')).toBeGreaterThan(calls);
    expect(sim.count('look-again')).toBeGreaterThan(0);
  });

  test('a path over which packets go one way only is asked once a second and never in doubt', () => {
    const sim = new Sim(() => 200).peer('a').talk();
    sim.primary = 'a';
    for (sim.until(1_000); sim.now < 60_000; sim.until(sim.now + 50)) expect(sim.works('a')).toBe(true);
    expect(sim.pings('a').length).toBeLessThanOrEqual(90);
  });
});

describe('E1: what a peer can make us send', () => {
  test('at most ten pings a second and 32 places of a call, however often it calls', () => {
    const sim = new Sim().peer('m1', 'm2').talk();
    for (let i = 0; i < 200; i++) {
      const endpoints = Array.from({ length: 500 }, (_, j) => `v${i % 3}-${j}`);
      sim.feed({ type: 'call-me-maybe', endpoints }).until(sim.now + 50);
    }
    const perSecond = Array.from({ length: 10 }, (_, s) => sim.pings().filter((at) => at >= s * 1_000 && at < (s + 1) * 1_000).length);
    expect(Math.max(...perSecond.slice(1))).toBeLessThanOrEqual(PINGS_PER_SECOND);
    expect(perSecond[0]).toBeLessThanOrEqual(2 * PINGS_PER_SECOND);
    expect(sim.prober.ways.filter(({ called }) => called).length).toBe(32);
  });

  test('pings from 10,000 places leave at most 64 ways', () => {
    const sim = new Sim().peer('m1');
    const random = counting();
    for (let i = 0; i < 10_000; i++) {
      const txId = new Uint8Array(12);
      random(txId);
      sim.feed({ type: 'ping', from: `x${i}`, relay: false, txId });
    }
    expect(sim.prober.ways.length).toBeLessThanOrEqual(64);
    expect(sim.prober.ways.some(({ text }) => text === 'm1')).toBe(true);
  });
});

describe('E9 E10: we are somewhere else than the peer believes', () => {
  const settled = (): Sim => {
    const sim = new Sim(() => 20).peer('a').talk();
    sim.primary = 'a';
    sim.hearing = true;
    sim.until(10_000);
    sim.sent.length = 0;
    return sim;
  };

  test('who sees our pings come from another place is told so within two seconds, although the path works for us', () => {
    const sim = settled();
    sim.source = '203.0.113.1:50000';
    sim.until(12_000);
    expect(sim.count('look-again')).toBe(1);
    expect(sim.gone).toEqual([['203.0.113.1:41641']]);
    expect(sim.works('a')).toBe(true);
    sim.until(60_000);
    expect(sim.gone.length).toBe(1);
  });

  test('a NAT that changes its mind with each packet costs a call in five seconds', () => {
    const sim = settled();
    for (let i = 0; i < 600; i++) {
      sim.source = `203.0.113.1:${50_000 + i}`;
      sim.until(sim.now + 100);
    }
    expect(sim.gone.length).toBeGreaterThanOrEqual(8);
    expect(sim.gone.length).toBeLessThanOrEqual(12);
  });

  test('a place that is gone is told at once, with or without a path; a further one is no reason to call', () => {
    const sim = settled();
    sim.feed({ type: 'endpoints', gone: [] }).until(12_000);
    expect(sim.gone).toEqual([]);
    sim.feed({ type: 'endpoints', gone: ['203.0.113.1:41641'] });
    expect(sim.gone).toEqual([['203.0.113.1:41641']]);
  });

  test('after a move the places of before are told, that where the peer saw us among them', () => {
    const sim = settled();
    sim.feed({ type: 'moved', gone: ['192.168.1.2:41641'] });
    expect(sim.gone).toEqual([['192.168.1.2:41641', '203.0.113.1:41641']]);
  });

  test('a hundred moves in ten seconds are at most a call a second, each of which tells eight places', () => {
    const sim = settled();
    for (let i = 0; i < 100; i++) sim.feed({ type: 'moved', gone: [`192.0.2.${i}:41641`] }).until(sim.now + 100);
    expect(sim.gone.length).toBeLessThanOrEqual(11);
    expect(Math.max(...sim.gone.map(({ length }) => length))).toBeLessThanOrEqual(8);
  });
});

describe('E11: a new disco key', () => {
  test('the path carries on in doubt, and everybody is asked anew', () => {
    const sim = new Sim(() => 20).peer('a').talk();
    sim.primary = 'a';
    sim.hearing = true;
    sim.until(10_000);
    const before = sim.pings('a').length;
    sim.feed({ type: 'peer', endpoints: ['a'], relay: HOME, newKey: true });
    expect(sim.works('a')).toBe(false);
    expect(sim.prober.ways.find(({ text }) => text === 'a')!.health.latency).toBeDefined();
    expect(sim.pings('a').length).toBe(before + 1);
    expect(sim.until(10_200).works('a')).toBe(true);
  });
});

test('after any history, what is trusted has answered within the trust window, and there are at most 64 ways', () => {
  const place = fc.constantFrom('a', 'b', 'c', 'd', HOME);
  const event = fc.oneof(
    place.map((from): Input => ({ type: 'ping', from, relay: from === HOME, txId: new Uint8Array(12).fill(from.charCodeAt(0)) })),
    fc.array(place).map((endpoints): Input => ({ type: 'call-me-maybe', endpoints: endpoints.filter((each) => each !== HOME) })),
    fc.constantFrom<Input>({ type: 'wanted' }, { type: 'moved', gone: ['x'] }, { type: 'endpoints', gone: [] }),
    fc
      .array(place)
      .map((endpoints): Input => ({ type: 'peer', endpoints: endpoints.filter((each) => each !== HOME), relay: HOME, newKey: false })),
  );
  const history = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 8_000 }), fc.boolean()), { maxLength: 25 });
  fc.assert(
    fc.property(history, (events) => {
      let up = true;
      const sim = new Sim(() => (up ? 30 : undefined)).peer('a', 'b');
      sim.primary = 'a';
      for (const [input, pause, works] of events) {
        up = works;
        sim.feed(input).until(sim.now + pause);
        for (const way of sim.prober.ways) if (!way.relay && way.works(sim.now)) expect(sim.now - way.answeredAt).toBeLessThan(TRUST);
        expect(sim.prober.ways.length).toBeLessThanOrEqual(64);
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});
