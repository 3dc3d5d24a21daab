import { expect, test } from 'vitest';
import { HealthBoard } from './health-board.js';
import { expiryText, messagesText, skewText } from './texts.js';

test('the worst condition is the health, each keeps its beginning, and nothing is told twice', () => {
  const board = new HealthBoard(0);
  expect(board.health).toEqual({ ok: true, since: 0 });
  expect(board.set('HEDDLE_TS2021_CLOCK', 'a', 1)).toBe(true);
  expect(board.set('HEDDLE_TS2021_CLOCK', 'a', 2)).toBe(false);
  expect(board.set('HEDDLE_TS2021_CLOCK', 'b', 3)).toBe(true);
  board.set('HEDDLE_TS2021_UNREACHABLE', 'c', 4);
  expect(board.health).toEqual({ ok: false, code: 'HEDDLE_TS2021_UNREACHABLE', text: 'c', since: 4 });
  expect(board.conditions[1]).toEqual({ code: 'HEDDLE_TS2021_CLOCK', text: 'b', since: 1 });
  expect(board.clear(['HEDDLE_TS2021_UNREACHABLE', 'HEDDLE_TS2021_CLOCK'], 9)).toBe(true);
  expect(board.clear(['HEDDLE_TS2021_CLOCK'], 9)).toBe(false);
  expect(board.health).toEqual({ ok: true, since: 9 });
});

test('texts say what, how much and when', () => {
  expect(expiryText('day', Date.UTC(2026, 0, 2))).toBe('the key of this node expires within a day, at 2026-01-02T00:00:00.000Z');
  expect(expiryText('expired', undefined)).toBe('the key of this node has expired');
  expect(skewText(-180_000)).toContain('3 minutes ahead of');
  const message = { id: 'x', severity: 'low', impactsConnectivity: false } as const;
  expect(
    messagesText([
      { ...message, title: 'Old', text: 'update me' },
      { ...message, title: '', text: 'b' },
    ]),
  ).toBe('Old: update me; b');
  expect(messagesText([{ ...message, title: 'Key', text: `tskey-auth-k1-x2 or PRIVKEY:${'0a'.repeat(32)} is known` }])).toBe(
    'Key: … or … is known',
  );
});
