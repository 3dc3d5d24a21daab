import { expect, test } from 'vitest';
import { NameSchedule } from './name-schedule.js';

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `h${i}.example`);

test('asks for a name once, however many peers are there', () => {
  const schedule = new NameSchedule();
  schedule.use('p', 'a.example');
  schedule.use('q', 'a.example');
  expect(schedule.due(0)).toEqual(['a.example']);
  expect(schedule.due(0)).toEqual([]);
  expect(schedule.answered(0, 'a.example', ['192.0.2.1'])).toEqual(['p', 'q']);
  expect(schedule.nextDeadline()).toBe(Infinity);
});

test('never has more than 16 questions under way', () => {
  const schedule = new NameSchedule();
  for (const name of names(40)) schedule.use(name, name);
  const first = schedule.due(0);
  expect(first.length).toBe(16);
  schedule.answered(0, first[0]!, ['192.0.2.1']);
  expect(schedule.due(0)).toEqual([names(40)[16]]);
});

test('asks again after 1, 2, 4, … seconds, at last every minute, and starts anew after an answer', () => {
  const schedule = new NameSchedule();
  schedule.use('p', 'a.example');
  let now = 0;
  const waits = Array.from({ length: 8 }, () => {
    expect(schedule.due(now)).toEqual(['a.example']);
    schedule.answered(now, 'a.example', []);
    const wait = schedule.nextDeadline() - now;
    expect(schedule.due(now + wait - 1)).toEqual([]);
    now += wait;
    return wait / 1000;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  expect([...schedule.unresolved]).toEqual(['a.example']);
  schedule.due(now);
  schedule.answered(now, 'a.example', ['192.0.2.1']);
  expect(schedule.unresolved.size).toBe(0);
});

test('forgets a name that no peer has any more, also while it is asked for', () => {
  const schedule = new NameSchedule();
  schedule.use('p', 'a.example');
  schedule.due(0);
  schedule.use('p', 'b.example');
  expect(schedule.answered(0, 'a.example', ['192.0.2.1'])).toEqual([]);
  expect(schedule.addressesOf('a.example')).toEqual([]);
  schedule.due(0);
  schedule.answered(0, 'b.example', []);
  schedule.use('p', undefined);
  expect([schedule.nextDeadline(), schedule.unresolved.size]).toEqual([Infinity, 0]);
});

test('a refresh during a question asks once more after it', () => {
  const schedule = new NameSchedule();
  schedule.use('p', 'a.example');
  schedule.due(0);
  schedule.refresh();
  expect(schedule.due(0)).toEqual([]);
  schedule.answered(0, 'a.example', ['192.0.2.1']);
  expect(schedule.due(0)).toEqual(['a.example']);
});

test('keeps eight addresses of a name, each once, and nothing that is no address', () => {
  const schedule = new NameSchedule();
  schedule.use('p', 'a.example');
  schedule.due(0);
  schedule.answered(0, 'a.example', ['192.0.2.1', '192.0.2.1', 'x', 'FD00::1', ...Array(20).fill('192.0.2.9')]);
  expect(schedule.addressesOf('a.example')).toEqual(['192.0.2.1', 'fd00::1', '192.0.2.9']);
});
