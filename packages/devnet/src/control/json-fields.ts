/** A JSON object of a stranger. */
export type JsonObject = { readonly [field: string]: unknown };

/** Undefined for what is no JSON object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Undefined for anything but an object that is no list. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** At most so many characters; undefined for what is no text, or empty. */
export function textOf(value: unknown, most = 256): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, most) : undefined;
}

/** Undefined for what is not a whole number from 0 on. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** At most so many items; empty for what is no list. */
export function listOf(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

/** The texts in a list that a predicate accepts. */
export function textsOf(value: unknown, most: number, accepts: (text: string) => boolean): string[] {
  return listOf(value, most).filter((item): item is string => typeof item === 'string' && accepts(item));
}
