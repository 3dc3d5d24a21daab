import type { Bytes } from '@heddle/core';

/*
 * A message of a map stream is one JSON object. Most of it are texts of nodes, which are the same for everybody who is told of them: they are
 * bytes that were made once, each with the comma that stands before it in a list.
 */

/** A message in pieces that follow each other. They are shared: nobody may change them. */
export type MapMessage = readonly Bytes[];

/** A field by its JSON, or by the items of a list. An empty one is left out. */
export type MapField = readonly [name: string, value: string | readonly Bytes[]];

const COMMA = 1;

/** One item of a list, ready for every message that it is part of. */
export function listItem(json: string): Bytes {
  return encode(`,${json}`);
}

/** Puts the fields that are not empty into one object. */
export function mapMessage(fields: readonly MapField[]): MapMessage {
  const pieces: Bytes[] = [];
  let text = '{';
  for (const [name, value] of fields) {
    if (value.length === 0) continue;
    text += text === '{' && pieces.length === 0 ? `"${name}":` : `,"${name}":`;
    if (typeof value === 'string') text += value;
    else text = addList(pieces, text, value);
  }
  pieces.push(encode(`${text}}`));
  return pieces;
}

/** The first item needs no comma. Returns the text that follows. */
function addList(pieces: Bytes[], before: string, items: readonly Bytes[]): string {
  pieces.push(encode(`${before}[`));
  for (const item of items) pieces.push(item);
  pieces[pieces.length - items.length] = items[0]!.subarray(COMMA);
  return ']';
}

function encode(text: string): Bytes {
  return new TextEncoder().encode(text);
}
