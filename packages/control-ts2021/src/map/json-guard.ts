import type { Bytes } from '@heddle/core';
import { type ListPlace, LongListFinder } from './long-list.js';

/*
 * A look at every byte of a JSON text before it is parsed, so that nothing in it can hurt who parses or walks it:
 *
 *   - nesting is counted here, without recursion;
 *   - values are counted, because `{},` takes three bytes here and sixty in memory;
 *   - numbers are finite: one that is very long, or whose exponent makes it infinite, is refused;
 *   - integers beyond 2^53 would be rounded by JSON.parse: they are put into quotes, and so keep every digit. Who reads an id takes both.
 *
 * Grammar is left to JSON.parse: only strings and numbers have to be told apart from the rest.
 */
const DEEPEST = 64;
/** Many times what 65,536 nodes need. */
const MOST_CONTAINERS = 1 << 20;
const MOST_VALUES = 1 << 22;
const MOST_LONG_INTEGERS = 1 << 14;
/** No number that means something has more characters. */
const LONGEST_NUMBER = 64;
/** Bytes of a long list that are values at the same time, when its items are not longer. */
const PIECE = 1 << 14;
/** The most digits that every integer of them keeps in a double. */
const EXACT_DIGITS = 15;

const QUOTE_MARK = 0x22;
const BACKSLASH = 0x5c;
/** Times a byte: that byte four times. */
const EACH_BYTE = 0x0101_0101;
const HIGH_BITS = 0x8080_8080;

/** What a byte begins outside of a text; 0: nothing that counts. */
const [QUOTE, COMMA, OPEN, CLOSE, NUMBER] = [1, 2, 3, 4, 5] as const;
const KINDS: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => kindOf(String.fromCharCode(byte)));

function kindOf(character: string): number {
  if (character === '"') return QUOTE;
  if (character === ',') return COMMA;
  if (character === '[' || character === '{') return OPEN;
  if (character === ']' || character === '}') return CLOSE;
  return /[-0-9]/.test(character) ? NUMBER : 0;
}

/** A parsed object, straight from JSON.parse: read only named members of it, or walk its own entries. */
export type JsonObject = { readonly [key: string]: unknown };

export type GuardedJson<T = never> =
  | {
      readonly value: JsonObject;
      /** What the items of the long list came to; then this list of `value` is empty. */
      readonly list?: { readonly name: string; readonly items: readonly T[] };
    }
  | { readonly refused: string };

/** Members of the object of which one may be a very long list; with two, the last one. */
export interface LongList<T> {
  readonly names: readonly string[];
  /** Takes an item before the next one is parsed. */
  readonly read: (item: JsonObject) => T;
}

const NOT_AN_OBJECT = { refused: 'it is no JSON object' };

/** The object that a text holds; otherwise what is wrong with it. Never throws. */
export function readJsonObject<T = never>(bytes: Bytes, list?: LongList<T>): GuardedJson<T> {
  const finder = list && LongListFinder.of(bytes, list.names);
  const longIntegers = scan(bytes, finder);
  if (typeof longIntegers === 'string') return { refused: longIntegers };
  const place = longIntegers.length === 0 ? finder?.found : undefined;
  const pieces = list && place && readPieces(bytes, place, list);
  if (pieces !== undefined) return pieces;
  const value = parse(textWithQuotes(bytes, longIntegers));
  return isJsonObject(value) ? { value } : NOT_AN_OBJECT;
}

/** The text without the list first: what is no JSON there is none as a whole. Undefined when a second member of that name hides the list. */
function readPieces<T>(bytes: Bytes, { name, start, end, items }: ListPlace, { read }: LongList<T>): GuardedJson<T> | undefined {
  const decoder = new TextDecoder();
  const value = parse(`${decoder.decode(bytes.subarray(0, start + 1))}${decoder.decode(bytes.subarray(end))}`);
  if (!isJsonObject(value)) return NOT_AN_OBJECT;
  if (!isEmptyList(value[name])) return undefined;
  const found: T[] = [];
  for (let i = 0; i < items.length; ) {
    const [start, next] = [items[i]!, endOfPiece(items, i)];
    const piece = parse(`[${decoder.decode(bytes.subarray(start, items[next - 1]))}]`);
    if (!Array.isArray(piece) || 2 * piece.length !== next - i || !piece.every(isJsonObject)) return NOT_AN_OBJECT;
    for (const item of piece) found.push(read(item));
    i = next;
  }
  return { value, list: { name, items: found } };
}

/** Where the piece ends that begins with this item: some items are parsed together, because each call has its price. */
function endOfPiece(items: ListPlace['items'], first: number): number {
  let next = first + 2;
  while (next < items.length && items[next + 1]! - items[first]! <= PIECE) next += 2;
  return next;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One pass over the bytes: what is wrong; otherwise start and end of each integer that a double may not hold, one after the other. */
function scan(bytes: Bytes, lists: LongListFinder | undefined): string | readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const longIntegers: number[] = [];
  const { length } = bytes;
  let depth = 0;
  let containers = 0;
  let commas = 0;
  for (let at = 0; at < length; at++) {
    const kind = KINDS[bytes[at]!];
    if (kind === QUOTE) at = endOfString(view, at);
    else if (kind === COMMA) {
      if (++commas > MOST_VALUES) return `it has more than ${MOST_VALUES} values`;
    } else if (kind === OPEN) {
      if (++depth > DEEPEST) return `it is nested more than ${DEEPEST} deep`;
      if (++containers > MOST_CONTAINERS) return `it has more than ${MOST_CONTAINERS} objects and lists`;
      if (depth <= 3) lists?.open(at, depth);
    } else if (kind === CLOSE) {
      if (depth <= 3) lists?.close(at, depth);
      depth--;
    } else if (kind === NUMBER) {
      const end = endOfNumber(bytes, at);
      if (end - at > EXACT_DIGITS || hasExponent(bytes, at, end)) {
        const bad = judgeNumber(bytes, at, end, longIntegers);
        if (bad !== undefined) return bad;
      }
      at = end - 1;
    }
  }
  return longIntegers;
}

/** The place of the closing quote, or the end. Most bytes of a map lie in texts, so four are looked at together. */
function endOfString(view: DataView, start: number): number {
  const length = view.byteLength;
  let at = start + 1;
  while (at + 4 <= length && !hasMark(view.getInt32(at, true))) at += 4;
  for (; at < length; at++) {
    const byte = view.getUint8(at);
    if (byte === QUOTE_MARK) return at;
    if (byte === BACKSLASH) at++;
  }
  return length;
}

/** Whether one of four bytes is a quote or a backslash: in its place a zero is left, and only a zero borrows so that its highest bit is set. */
function hasMark(word: number): boolean {
  const quote = word ^ (QUOTE_MARK * EACH_BYTE);
  const backslash = word ^ (BACKSLASH * EACH_BYTE);
  return ((((quote - EACH_BYTE) & ~quote) | ((backslash - EACH_BYTE) & ~backslash)) & HIGH_BITS) !== 0;
}

function endOfNumber(bytes: Bytes, start: number): number {
  let at = start + 1;
  while (at < bytes.length && continuesNumber(bytes[at]!)) at++;
  return at;
}

/** A number that is long, or has an exponent. Notes it when it is an integer beyond 2^53. */
function judgeNumber(bytes: Bytes, start: number, end: number, longIntegers: number[]): string | undefined {
  const length = end - start;
  if (length > LONGEST_NUMBER) return `it has a number of ${length} characters`;
  const text = latin1(bytes.subarray(start, end));
  if (!Number.isFinite(Number(text))) return 'it has a number that is not finite';
  if (/^-?[0-9]+$/.test(text) && !Number.isSafeInteger(Number(text))) longIntegers.push(start, end);
  return longIntegers.length > 2 * MOST_LONG_INTEGERS ? `it has more than ${MOST_LONG_INTEGERS} integers beyond 2^53` : undefined;
}

function hasExponent(bytes: Bytes, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at]! | 0x20) === 0x65) return true;
  return false;
}

/** Digits, sign, point, e, E. */
function continuesNumber(byte: number): boolean {
  return KINDS[byte] === NUMBER || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
}

function latin1(bytes: Bytes): string {
  return String.fromCharCode(...bytes);
}

/** The text, with quotes around the ranges. */
function textWithQuotes(bytes: Bytes, ranges: readonly number[]): string {
  const decoder = new TextDecoder();
  if (ranges.length === 0) return decoder.decode(bytes);
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const [start, end] = [ranges[i]!, ranges[i + 1]!];
    parts.push(decoder.decode(bytes.subarray(from, start)), '"', latin1(bytes.subarray(start, end)), '"');
    from = end;
  }
  return [...parts, decoder.decode(bytes.subarray(from))].join('');
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
