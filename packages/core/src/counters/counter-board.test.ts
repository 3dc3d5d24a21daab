import { expect, test } from 'vitest';
import type { CounterFamily } from '../contracts/counters.js';
import { CounterBoard } from './counter-board.js';

const dials = (read: CounterFamily['read'], name = 'dials'): CounterFamily => ({ name, type: 'counter', says: 'Dials.', read });

function board(): { faults: string[]; board: CounterBoard } {
  const faults: string[] = [];
  return { faults, board: new CounterBoard((plugin, error) => faults.push(`${plugin}: ${String(error)}`)) };
}

test('a number is read when somebody looks, each time anew', () => {
  const { board: counters } = board();
  let dialled = 1;
  counters.show(
    'phone',
    dials(() => dialled),
  );
  dialled = 7;
  expect(counters.read()).toEqual([
    { plugin: 'phone', name: 'dials', type: 'counter', says: 'Dials.', labels: [], samples: [{ labels: {}, value: 7 }] },
  ]);
});

test('a family shows one value a set of labels', () => {
  const { board: counters } = board();
  const samples = [{ labels: { line: 'a' }, value: 1 }];
  counters.show('phone', { ...dials(() => samples), labels: ['line'] });
  expect(counters.read()[0]).toMatchObject({ labels: ['line'], samples });
});

test('what is taken away, and what a removed plugin showed, is read no more', () => {
  const { board: counters } = board();
  const away = counters.show(
    'phone',
    dials(() => 1),
  );
  counters.show(
    'fax',
    dials(() => 2),
  );
  counters.show(
    'fax',
    dials(() => 3, 'pages'),
  );
  away();
  expect(counters.read().map(({ plugin }) => plugin)).toEqual(['fax', 'fax']);
  counters.forget('fax');
  expect(counters.read()).toEqual([]);
});

test('a successor takes the place of its predecessor, whose going does it no harm', () => {
  const { board: counters } = board();
  const away = counters.show(
    'phone',
    dials(() => 1),
  );
  counters.show(
    'phone',
    dials(() => 2),
  );
  away();
  expect(counters.read().map(({ samples }) => samples[0]?.value)).toEqual([2]);
});

test('a family that throws is left out and told of once; the others are read', () => {
  const { board: counters, faults } = board();
  const broken = (): number => {
    throw new Error('no line');
  };
  counters.show('phone', dials(broken));
  counters.show(
    'fax',
    dials(() => 2),
  );
  counters.read();
  expect(counters.read().map(({ plugin }) => plugin)).toEqual(['fax']);
  expect(faults).toEqual(['phone: Error: no line']);
});

test.each(['Dials', '1st', 'a-b', 'äh', '', 'x'.repeat(65)])('the name %j is refused, as a family and as a label', (name) => {
  const { board: counters } = board();
  expect(() =>
    counters.show(
      'phone',
      dials(() => 1, name),
    ),
  ).toThrow(expect.objectContaining({ code: 'HEDDLE_BAD_COUNTER' }));
  expect(() => counters.show('phone', { ...dials(() => 1), labels: [name] })).toThrow(/phone shows the counter "dials"/);
});
