import { expect, test } from 'vitest';
import { Sim } from '../test/sim.js';

test('two engines shake hands on the first packet and deliver it', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'hello');
  sim.run(100);
  expect(b.heard).toEqual(['hello']);
  expect(sim.log.map(({ type }) => type)).toEqual([1, 2, 4]);
  b.say(a, 'and back');
  sim.run(100);
  expect(a.heard).toEqual(['and back']);
  expect([a.drops, b.drops]).toEqual([{}, {}]);
});

test('the initiator renews the session 120 s after it was made, and nothing is lost', () => {
  const sim = new Sim();
  const [a, b] = sim.pair();
  const said: string[] = [];
  for (let i = 0; i < 250; i++) {
    a.say(b, `${i}`);
    said.push(`${i}`);
    sim.run(1_000);
  }
  expect(b.heard).toEqual(said);
  expect(sim.sent(a, 1).map(({ at }) => at)).toEqual([1_000, 122_000, 243_000]);
});
