import type { Problems } from './problems.js';
import { quotable } from './quotable.js';

/** Longest name of a node: that of the DNS. */
const LONGEST_NAME = 253;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number in a range, or undefined where it is absent or wrong. */
export function checkNumber(at: string, value: unknown, min: number, max: number, problems: Problems): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  const shown = typeof value === 'number' ? String(value) : quotable(value);
  return problems.add(at, `must be a whole number from ${min} to ${max}, not ${shown}`);
}

/** Empty where it is absent. */
export function checkName(at: string, value: unknown, problems: Problems): string {
  if (value === undefined || value === '') return '';
  if (typeof value === 'string' && value.length <= LONGEST_NAME && /^[\w.-]+$/.test(value)) return value;
  return problems.add(at, `${quotable(value)} is no name; use letters, digits, hyphens and dots`) ?? '';
}

/** Each text of a list in its canonical form; what is wrong is left out. */
export function checkList(
  at: string,
  list: unknown,
  problems: Problems,
  check: (at: string, text: string, problems: Problems) => string | undefined,
): readonly string[] {
  if (!Array.isArray(list)) return problems.add(at, 'must be a list of texts') ?? [];
  return list.flatMap((text, index) => {
    const place = `${at}[${index}]`;
    const value = typeof text === 'string' ? check(place, text, problems) : problems.add(place, `must be a text, not ${quotable(text)}`);
    return value === undefined ? [] : [value];
  });
}
