/** Longest text that an error message repeats. */
const LONGEST = 64;

/** Keys, whole or in large pieces, are runs like this; addresses and host names are broken by dots, colons and hyphens. */
const KEY_LIKE = /[A-Za-z0-9+/=]{20}/;

/** The text in quotation marks, or only its length where it is long or could be a key in the wrong place. */
export function quotable(text: unknown): string {
  if (typeof text !== 'string') return text === null ? 'null' : `a value of type ${typeof text}`;
  return text.length > LONGEST || KEY_LIKE.test(text) ? `a text of ${text.length} characters` : JSON.stringify(text);
}
