/**
 * RFC 2047, for values of headers that are not ASCII:
 *
 *   =?utf-8?q?J=C3=BCrgen_M=C3=BCller?=
 *
 * A word is at most 75 characters long and never splits a character; several are joined by a space. Printable ASCII stays as it is.
 */

const MOST = 75 - '=?utf-8?q??='.length;

/** The value as a header may carry it; empty for a text with halves of characters. */
export function encodeQ(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  if (/\p{Surrogate}/u.test(text)) return '';
  const words: string[] = [''];
  for (const character of text) {
    const piece = encoded(character);
    if (words.at(-1)!.length + piece.length > MOST) words.push('');
    words[words.length - 1] += piece;
  }
  return words.map((word) => `=?utf-8?q?${word}?=`).join(' ');
}

const BYTES = new TextEncoder();

function encoded(character: string): string {
  if (character === ' ') return '_';
  if (/^[!-~]$/.test(character) && !'=?_'.includes(character)) return character;
  return [...BYTES.encode(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
