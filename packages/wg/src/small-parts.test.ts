import { expect, test } from 'vitest';
import { errnoOf } from './errno-of.js';
import { stderrLogger } from './stderr-logger.js';

test('a refusal of the system is found through the causes of an error', () => {
  const inner = Object.assign(new Error('bind'), { code: 'EADDRINUSE' });
  expect(errnoOf(new Error('outer', { cause: inner }))).toBe(-98);
  expect(errnoOf(new Error('something else'))).toBe(-5);
});

test('the log says what its level asks for, one line an entry', () => {
  const lines = (level: 'silent' | 'error' | 'verbose'): string[] => {
    const written: string[] = [];
    const log = stderrLogger('wg0', level, (line) => written.push(line));
    log.debug({ port: 1 }, 'up');
    log.error({ error: new Error('why') }, 'failed');
    return written;
  };
  expect(lines('silent')).toEqual([]);
  expect(lines('error')).toEqual(['ERROR: (wg0) failed {"error":"why"}\n']);
  expect(lines('verbose')).toEqual(['DEBUG: (wg0) up {"port":1}\n', 'ERROR: (wg0) failed {"error":"why"}\n']);
});
