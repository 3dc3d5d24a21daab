import { VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import type { Leg } from '../dial/control-url.js';
import { ControlFault } from '../dial/fault.js';
import { raceLegs } from './leg-race.js';

const PLAIN: Leg = { tls: false, port: 80, delay: 0, own: false };
const TLS: Leg = { tls: true, port: 443, delay: 500, own: true };

/** What each leg comes to: after so long, a name or a fault. */
type Script = Readonly<Record<number, { readonly after: number; readonly is: string | ControlFault }>>;

function run(script: Script, signal = new AbortController().signal) {
  const clock = new VirtualClock();
  const started: string[] = [];
  const aborted: number[] = [];
  const dropped: string[] = [];
  const attempt = ({ port }: Leg, own: AbortSignal): Promise<string> => {
    started.push(`${port}@${clock.now()}`);
    own.addEventListener('abort', () => aborted.push(port));
    return new Promise((resolve, reject) => {
      const { after, is } = script[port]!;
      clock.at(clock.now() + after, () => (typeof is === 'string' ? resolve(is) : reject(is)));
    });
  };
  const result = raceLegs([PLAIN, TLS], attempt, { clock, signal, drop: (late) => dropped.push(late) });
  result.catch(() => {});
  return { clock, started, aborted, dropped, result };
}

const silent = new ControlFault('HEDDLE_TS2021_UNREACHABLE', 'silent');
const refused = new ControlFault('HEDDLE_TS2021_REFUSED', 'refused');

test('the second leg does not start when the first is fast', async () => {
  const race = run({ 80: { after: 100, is: 'plain' }, 443: { after: 0, is: 'tls' } });
  expect(await race.clock.settle(race.result)).toBe('plain');
  await race.clock.advanceAsync(1_000);
  expect([race.started, race.aborted, race.clock.pending]).toEqual([['80@0'], [], 0]);
});

test('the second leg starts after 500 ms, and the loser is aborted and dropped', async () => {
  const race = run({ 80: { after: 9_000, is: 'plain' }, 443: { after: 50, is: 'tls' } });
  expect(await race.clock.settle(race.result)).toBe('tls');
  await race.clock.advanceAsync(10_000);
  expect([race.started, race.aborted, race.dropped]).toEqual([['80@0', '443@500'], [80], ['plain']]);
});

test('a leg that fails starts the next at once', async () => {
  const race = run({ 80: { after: 20, is: refused }, 443: { after: 50, is: 'tls' } });
  expect(await race.clock.settle(race.result)).toBe('tls');
  expect(race.started).toEqual(['80@0', '443@20']);
});

test('when all fail, what became of the leg that the URL names is told, not the redirect of port 80', async () => {
  for (const after of [50, 9_000]) {
    const race = run({ 80: { after: 2_000, is: refused }, 443: { after, is: silent } });
    await expect(race.clock.settle(race.result)).rejects.toBe(silent);
  }
});

test('a port that swallows everything does not hide why the leg of the URL failed', async () => {
  const race = run({ 80: { after: 60_000, is: 'plain' }, 443: { after: 100, is: refused } });
  await expect(race.clock.settle(race.result)).rejects.toBe(refused);
  expect(race.clock.now()).toBe(2_600);
  expect(race.aborted).toContain(80);
});

test('an abort ends every leg', async () => {
  const abort = new AbortController();
  const race = run({ 80: { after: 9_000, is: 'plain' }, 443: { after: 9_000, is: 'tls' } }, abort.signal);
  await race.clock.advanceAsync(1_000);
  abort.abort(new Error('enough'));
  await expect(race.result).rejects.toThrow('enough');
  expect(race.aborted).toEqual([80, 443]);
});
