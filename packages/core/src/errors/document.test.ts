import { expect, test } from 'vitest';
import { DROP_REASONS } from '../drops/reasons.js';
import { LIMIT_TEXTS } from '../limits/limit-texts.js';
import { DEFAULT_LIMITS } from '../limits/limits.js';
import { ERRORS } from './codes.js';
import { dropsDocument, errorsDocument, limitsDocument } from './document.js';

test('the error document has one row a code, with meaning and cure', () => {
  const text = errorsDocument({ HEDDLE_A: { says: 'It broke.', cure: 'Mend it.' }, HEDDLE_B: { says: 'x | y', cure: 'z' } });
  expect(text).toContain('| `HEDDLE_A` | It broke. | Mend it. |');
  expect(text).toContain('| `HEDDLE_B` | x \\| y | z |');
});

test('every code, drop reason and limit of core stands in its document', () => {
  for (const code of Object.keys(ERRORS)) expect(errorsDocument(ERRORS)).toContain(`\`${code}\``);
  for (const reason of Object.keys(DROP_REASONS)) expect(dropsDocument(DROP_REASONS)).toContain(`\`${reason}\``);
  for (const [name, value] of Object.entries(DEFAULT_LIMITS))
    expect(limitsDocument({ ...DEFAULT_LIMITS }, LIMIT_TEXTS)).toContain(
      `| \`${name}\` | ${value} | ${LIMIT_TEXTS[name as keyof typeof LIMIT_TEXTS]} |`,
    );
});

test('every error says a sentence and a cure', () => {
  for (const { says, cure } of Object.values(ERRORS)) {
    expect(says).toMatch(/^\S.*\.$/);
    expect(cure).toMatch(/^\S.*\.$/);
  }
});
