import type { Health, StateStore } from '@heddle/core';
import { SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { memoryState } from '../../test/serve-bench.js';
import { CertificateKeeper } from './certificate-keeper.js';
import { type Issued, KeptCertificates } from './kept-certificates.js';
import { OrderFault } from './order-fault.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NAME = 'web.tail.example';
const DIRECTORY = 'https://ca.example/directory';

interface Open {
  readonly name: string;
  readonly at: number;
  readonly signal: AbortSignal;
  issue(days?: number): Promise<void>;
  fail(fault?: Error): Promise<void>;
}

/** A keeper before a CA whose answers the test gives. What a certificate holds of time stands in its text. */
class Bench {
  readonly clock: VirtualClock;
  readonly orders: Open[] = [];
  readonly logged: string[] = [];
  readonly state: StateStore;
  readonly keeper: CertificateKeeper;
  health: Health | undefined;
  #serial = 0;

  constructor({ state = memoryState(), clock = new VirtualClock(), directory = DIRECTORY } = {}) {
    this.clock = clock;
    this.state = state;
    const log = (fields: object, text: string): void => void this.logged.push(`${text} ${JSON.stringify(fields)}`);
    const random = new SeededRandom('keeper');
    const inspect = ({ certificate, key }: Issued['certificate'], name: string) => {
      const [of, notBefore, notAfter] = certificate.split(' ');
      return of === name && key.startsWith('key') ? { notBefore: Number(notBefore), notAfter: Number(notAfter) } : undefined;
    };
    this.keeper = new CertificateKeeper({
      clock,
      logger: { debug: log, info: log, warn: log, error: log },
      kept: new KeptCertificates(state, directory, inspect),
      pauses: { least: MINUTE, most: DAY },
      chance: () => random.uniform(),
      challenge: () => undefined,
      order: (name, signal) => this.#order(name, signal),
    });
    this.keeper.health$.subscribe((health) => {
      this.health = health;
    });
  }

  async pass(milliseconds = 0): Promise<void> {
    await this.clock.advanceAsync(milliseconds);
  }

  get last(): Open {
    return this.orders.at(-1)!;
  }

  #order(name: string, signal: AbortSignal): Promise<Issued> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      this.orders.push({
        name,
        at: this.clock.now(),
        signal,
        issue: (days = 90) => {
          const validity = { notBefore: this.clock.wall(), notAfter: this.clock.wall() + days * DAY };
          const certificate = { certificate: `${name} ${validity.notBefore} ${validity.notAfter}`, key: `key ${++this.#serial}` };
          resolve({ certificate, validity });
          return this.pass();
        },
        fail: (fault = new OrderFault('the CA says no')) => {
          reject(fault);
          return this.pass();
        },
      });
    });
  }
}

test('the certificate of a served name is ordered before anybody asks, and told to all who asked meanwhile: one order at a time', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  const asked = [bench.keeper.for(NAME), bench.keeper.for(NAME)];
  bench.keeper.announce([NAME]);
  await bench.pass(10 * MINUTE);
  expect(bench.orders.map(({ name }) => name)).toEqual([NAME]);
  await bench.last.issue();
  const [one, two] = await Promise.all(asked);
  expect(one?.key).toBe('key 1');
  expect(two).toBe(one);
  expect(await bench.keeper.for(NAME)).toBe(one);
  expect(bench.orders).toHaveLength(1);
});

test('a name that is not served orders nothing, whoever asks for it', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  expect(await bench.keeper.for('evil.example')).toBeUndefined();
  await expect(bench.keeper.renew('evil.example')).rejects.toMatchObject({ code: 'HEDDLE_CERTIFICATE_ORDER' });
  await bench.pass(MINUTE);
  expect(bench.orders.map(({ name }) => name)).toEqual([NAME]);
});

test('a renewal begins when two thirds of the life are over, and the certificate before is shown until the new one is there', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.issue(90);
  await bench.pass(60 * DAY - 1);
  expect(bench.orders).toHaveLength(1);
  await bench.pass(1);
  expect(bench.orders).toHaveLength(2);
  expect((await bench.keeper.for(NAME))?.key).toBe('key 1');
  await bench.last.issue(90);
  expect((await bench.keeper.for(NAME))?.key).toBe('key 2');
  await bench.pass(60 * DAY);
  expect(bench.orders).toHaveLength(3);
});

test('a machine that slept beyond the time of renewal renews at the next handshake, and within six hours without one', async () => {
  for (const wake of [(bench: Bench) => bench.keeper.for(NAME).then(() => {}), (bench: Bench) => bench.pass(6 * 60 * MINUTE)]) {
    const bench = new Bench();
    bench.keeper.announce([NAME]);
    await bench.pass();
    await bench.last.issue(90);
    bench.clock.jumpWall(70 * DAY);
    await wake(bench);
    expect(bench.orders).toHaveLength(2);
  }
});

test('a certificate that has expired is shown to nobody: who asks waits for the next, until he has waited enough', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.issue(90);
  bench.clock.jumpWall(91 * DAY);
  const patient = bench.keeper.for(NAME);
  const end = new AbortController();
  const hasty = bench.keeper.for(NAME, { signal: end.signal });
  end.abort(new Error('it took too long'));
  await expect(hasty).rejects.toThrow('it took too long');
  expect(bench.orders).toHaveLength(2);
  await bench.last.issue();
  expect((await patient)?.key).toBe('key 2');
});

test('orders that fail are repeated with growing pauses of a minute at least, whoever asks meanwhile; who asks hears why', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  const pauses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    const at = bench.clock.now();
    await bench.last.fail();
    await expect(bench.keeper.for(NAME)).rejects.toMatchObject({ code: 'HEDDLE_CERTIFICATE_ORDER', message: 'the CA says no' });
    const before = bench.orders.length;
    while (bench.orders.length === before) await bench.pass(bench.clock.next - bench.clock.now());
    pauses.push(bench.last.at - at);
  }
  pauses.forEach((pause, n) => {
    const base = Math.min(DAY, MINUTE * 4 ** n);
    expect(pause).toBeGreaterThanOrEqual(base);
    expect(pause).toBeLessThanOrEqual(base * 1.5);
  });
  expect(new Set(pauses.map((pause, n) => pause / 4 ** n)).size).toBeGreaterThan(3);
});

test('a CA that asks for a longer pause gets it', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.fail(new OrderFault('too many orders', { retryAfter: 3 * DAY }));
  await bench.pass(3 * DAY - 1);
  expect(bench.orders).toHaveLength(1);
  await bench.pass(1);
  expect(bench.orders).toHaveLength(2);
});

test('a refused order is health with the CA’s words and the next try, until an order succeeds', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.fail(new OrderFault('the CA says no'));
  expect(bench.health).toMatchObject({
    ok: false,
    code: 'HEDDLE_CERTIFICATE_ORDER',
    text: expect.stringMatching(/^the CA says no; the next try is in \d+ s$/),
  });
  await bench.pass(2 * MINUTE);
  await bench.last.issue();
  expect(bench.health).toMatchObject({ ok: true });
  await bench.pass(60 * DAY);
  await bench.last.fail();
  expect(bench.health?.text).toMatch(/the present certificate holds for 30 more days$/);
  expect((await bench.keeper.for(NAME))?.key).toBe('key 1');
  bench.keeper.announce([]);
  expect(bench.health).toMatchObject({ ok: true });
});

test('a renewal by hand does not wait for a pause, joins an order that is under way, and leaves what is there when it fails', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.fail();
  const [first, second] = [bench.keeper.renew(NAME), bench.keeper.renew(NAME)];
  expect(bench.orders).toHaveLength(2);
  await bench.last.issue();
  await Promise.all([first, second]);
  const third = bench.keeper.renew(NAME);
  third.catch(() => {});
  await bench.last.fail();
  await expect(third).rejects.toMatchObject({ code: 'HEDDLE_CERTIFICATE_ORDER' });
  expect((await bench.keeper.for(NAME))?.key).toBe('key 1');
});

test('a certificate that is old when it comes is a failure, so that a wrong clock does not order for ever', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.issue(-1);
  expect(bench.health?.text).toMatch(/look at the clock of this machine/);
  await bench.pass(MINUTE - 1);
  expect(bench.orders).toHaveLength(1);
});

test('what was issued is in use after a restart, without an order', async () => {
  const first = new Bench();
  first.keeper.announce([NAME]);
  await first.pass();
  await first.last.issue();
  first.keeper.stop();
  const second = new Bench({ state: first.state, clock: first.clock });
  second.keeper.announce([NAME]);
  expect((await second.keeper.for(NAME))?.key).toBe('key 1');
  expect(second.orders).toEqual([]);
  const other = new Bench({ state: first.state, clock: first.clock, directory: 'https://staging.example/directory' });
  other.keeper.announce([NAME]);
  await other.pass();
  expect(other.orders).toHaveLength(1);
});

test.each([
  ['half written', '{"version":1,"directory":"https://ca.example/directory","certificate":"web.tail.ex'],
  ['without its key', JSON.stringify({ version: 1, directory: DIRECTORY, certificate: `${NAME} 0 9999999999999` })],
  ['with the key of another', JSON.stringify({ version: 1, directory: DIRECTORY, certificate: `${NAME} 0 9999999999999`, key: 'lock' })],
  ['of another name', JSON.stringify({ version: 1, directory: DIRECTORY, certificate: 'other.example 0 9999999999999', key: 'key' })],
  ['of a later version', JSON.stringify({ version: 2, directory: DIRECTORY, certificate: `${NAME} 0 9999999999999`, key: 'key' })],
  ['nonsense', 'null'],
])('a kept certificate that is %s is reported and ordered anew', async (_what, text) => {
  const bench = new Bench();
  await bench.state.set(`certificates/of/${NAME}`, text);
  bench.keeper.announce([NAME]);
  await bench.pass();
  expect(bench.logged.join()).toMatch(/of no use/);
  await bench.last.issue();
  expect((await bench.keeper.for(NAME))?.key).toBe('key 1');
  expect(JSON.parse(bench.state.get(`certificates/of/${NAME}`)!)).toMatchObject({ key: 'key 1' });
});

test('a state that takes nothing is health, and the certificate is in use all the same', async () => {
  const state = { ...memoryState(), set: async () => Promise.reject(new Error('no space left')) };
  const bench = new Bench({ state });
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.issue();
  expect((await bench.keeper.for(NAME))?.key).toBe('key 1');
  expect(bench.health).toMatchObject({ ok: false, code: 'HEDDLE_CERTIFICATE_STATE', text: expect.stringContaining('no space left') });
});

test('of many names four are ordered at once, the others in their turn', async () => {
  const bench = new Bench();
  const names = Array.from({ length: 7 }, (_, n) => `n${n}.example`);
  bench.keeper.announce(names.slice(0, 6));
  await bench.pass();
  expect(bench.orders).toHaveLength(4);
  await bench.orders[0]!.issue();
  bench.keeper.announce(names);
  await bench.pass();
  expect(bench.orders).toHaveLength(5);
  await bench.orders[1]!.fail();
  await bench.orders[2]!.issue();
  expect(bench.orders.map(({ name }) => name)).toEqual(names);
});

test('a name that is served no longer is shown no more and renewed no more, and has its certificate again when it comes back', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.issue(90);
  bench.keeper.announce([]);
  expect(await bench.keeper.for(NAME)).toBeUndefined();
  await bench.pass(61 * DAY);
  expect(bench.orders).toHaveLength(1);
  bench.keeper.announce([NAME]);
  expect((await bench.keeper.for(NAME))?.key).toBe('key 1');
  expect(bench.orders).toHaveLength(2);
});

test('when the node stops, orders are broken off and nothing waits any more', async () => {
  const bench = new Bench();
  bench.keeper.announce([NAME, 'other.example']);
  const waiting = bench.keeper.for(NAME);
  waiting.catch(() => {});
  await bench.pass();
  bench.keeper.stop();
  await bench.pass();
  await expect(waiting).rejects.toThrow('closed');
  expect(bench.orders.every(({ signal }) => signal.aborted)).toBe(true);
  expect(bench.clock.pending).toBe(0);
});

test('no key stands in what is logged or shown, also when the store repeats what it was given', async () => {
  const secret = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----';
  const bench = new Bench();
  bench.keeper.announce([NAME]);
  await bench.pass();
  await bench.last.fail(new Error(`could not sign with ${secret}`));
  const shown = bench.logged.join() + JSON.stringify(bench.health);
  expect(shown).toContain('could not sign with (a key)');
  expect(shown).not.toContain('MIGH');
});
