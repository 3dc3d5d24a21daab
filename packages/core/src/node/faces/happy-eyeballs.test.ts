import { VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { type Candidate, interleave, quickest } from './happy-eyeballs.js';

const six = (n: number): Candidate => ({ address: `fd00::${n}`, family: 6 });
const four = (n: number): Candidate => ({ address: `10.0.0.${n}`, family: 4 });

/** Each address answers or fails after a while; what is not listed never answers. */
class Track {
  readonly clock = new VirtualClock();
  readonly log: string[] = [];
  readonly stop = new AbortController();
  readonly #times: Readonly<Record<string, number | { readonly fails: number }>>;

  constructor(times: Readonly<Record<string, number | { readonly fails: number }>>) {
    this.#times = times;
  }

  run(candidates: readonly Candidate[]): Promise<string> {
    return quickest(candidates, {
      attempt: ({ address }, signal) => this.#attempt(address, signal),
      discard: (late) => this.log.push(`${this.clock.now()} discards ${late}`),
      timers: this.clock,
      delay: 250,
      signal: this.stop.signal,
    });
  }

  #attempt(address: string, signal: AbortSignal): Promise<string> {
    this.log.push(`${this.clock.now()} tries ${address}`);
    signal.addEventListener('abort', () => this.log.push(`${this.clock.now()} leaves ${address}`));
    const time = this.#times[address];
    return new Promise((resolve, reject) => {
      if (typeof time === 'number') this.clock.at(this.clock.now() + time, () => resolve(address));
      else if (time !== undefined)
        this.clock.at(this.clock.now() + time.fails, () => reject(Object.assign(new Error(address), { code: 'ECONNREFUSED' })));
    });
  }
}

test('the families take turns, beginning with the first', () => {
  expect(interleave([six(1), six(2), six(3), four(1)])).toEqual([six(1), four(1), six(2), six(3)]);
  expect(interleave([])).toEqual([]);
});

test('the second address is tried after 250 ms, and the first one to answer wins', async () => {
  const track = new Track({ 'fd00::1': 1_000, '10.0.0.1': 20 });
  expect(await track.clock.settle(track.run([six(1), four(1)]))).toBe('10.0.0.1');
  expect(track.log.slice(0, 2)).toEqual(['0 tries fd00::1', '250 tries 10.0.0.1']);
  expect(track.log).toContain('270 leaves fd00::1');
  await track.clock.advanceAsync(2_000);
  expect(track.log.at(-1)).toBe('1000 discards fd00::1');
});

test('an address that answers at once leaves the others alone', async () => {
  const track = new Track({ 'fd00::1': 5 });
  expect(await track.clock.settle(track.run([six(1), four(1)]))).toBe('fd00::1');
  await track.clock.advanceAsync(1_000);
  expect(track.log.filter((line) => line.includes('tries'))).toEqual(['0 tries fd00::1']);
  expect(track.clock.pending).toBe(0);
});

test('a failure starts the next attempt at once', async () => {
  const track = new Track({ 'fd00::1': { fails: 10 }, '10.0.0.1': 5 });
  expect(await track.clock.settle(track.run([six(1), four(1)]))).toBe('10.0.0.1');
  expect(track.log).toContain('10 tries 10.0.0.1');
});

test('when all fail the error has all of them and the code of the first; a single failure is itself', async () => {
  const all = new Track({ 'fd00::1': { fails: 10 }, '10.0.0.1': { fails: 10 } });
  const failure = await all.clock.settle(all.run([six(1), four(1)]).catch((error: unknown) => error));
  expect(failure).toBeInstanceOf(AggregateError);
  expect(failure).toMatchObject({ code: 'ECONNREFUSED', errors: [{ message: 'fd00::1' }, { message: '10.0.0.1' }] });
  const one = new Track({ '10.0.0.1': { fails: 10 } });
  await expect(one.clock.settle(one.run([four(1)]))).rejects.toThrow('10.0.0.1');
});

test('the signal ends every attempt and the race', async () => {
  const track = new Track({});
  const race = track.run([six(1), four(1)]);
  await track.clock.advanceAsync(300);
  track.stop.abort(new Error('enough'));
  await expect(race).rejects.toThrow('enough');
  expect(track.log.filter((line) => line.includes('leaves'))).toHaveLength(2);
  expect(track.clock.pending).toBe(0);
});
