import type { Bytes } from '@heddle/core';

/*
 * A long list of objects in a JSON text, found by its place so that its items can be parsed one after the other: the whole of it as values
 * takes ten times the memory of what is kept of it.
 *
 *   {"Node":{…},"Peers":[{…},{…},{…}],"Domain":"x"}
 *               │       │└─┘ └─┘ └─┘│
 *               key     start       end
 */

/** A shorter one is parsed with the rest. */
const LONG = 1 << 16;

const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Where a list lies: from its opening bracket to its closing one, and its items, start and end one after the other. */
export interface ListPlace {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly items: readonly number[];
}

/** Follows the lists that are members of the outermost object, and keeps the place of the last long one with one of these names. */
export class LongListFinder {
  readonly #bytes: Bytes;
  readonly #keys: readonly { readonly name: string; readonly bytes: Bytes }[];
  #start = -1;
  #items: number[] = [];
  #found: ListPlace | undefined;

  /** Undefined for a text that is too short for a long list. */
  static of(bytes: Bytes, names: readonly string[]): LongListFinder | undefined {
    return bytes.length < LONG ? undefined : new LongListFinder(bytes, names);
  }

  private constructor(bytes: Bytes, names: readonly string[]) {
    this.#bytes = bytes;
    this.#keys = names.map((name) => ({ name, bytes: new TextEncoder().encode(`"${name}"`) }));
  }

  /** Undefined: there is none, or it is not plainly a list of objects. Then the text is to be parsed as a whole. */
  get found(): ListPlace | undefined {
    return this.#found;
  }

  /** A bracket or brace opens at a place; `depth` counts it. */
  open(at: number, depth: number): void {
    if (depth === 2) {
      this.#start = at;
      this.#items = [];
    } else if (depth === 3) this.#items.push(at);
  }

  /** The one that was opened last closes; `depth` still counts it. */
  close(at: number, depth: number): void {
    if (depth === 3) this.#items.push(at + 1);
    else if (depth === 2 && at - this.#start >= LONG) {
      const name = this.#name();
      if (name !== undefined) this.#found = this.#place(name, at);
    }
  }

  /** Which of the names stands before the list; undefined for another. */
  #name(): string | undefined {
    const colon = this.#backOverSpace(this.#start) - 1;
    if (this.#bytes[colon] !== COLON) return undefined;
    const end = this.#backOverSpace(colon);
    return this.#keys.find(({ bytes }) => this.#ends(end, bytes))?.name;
  }

  #ends(end: number, key: Bytes): boolean {
    const begin = end - key.length;
    return begin > 0 && this.#bytes[begin - 1] !== BACKSLASH && key.every((byte, i) => this.#bytes[begin + i] === byte);
  }

  #backOverSpace(end: number): number {
    let at = end;
    while (at > 0 && isSpace(this.#bytes[at - 1]!)) at--;
    return at;
  }

  /** Between two items there is one comma, and nothing else. */
  #place(name: string, end: number): ListPlace | undefined {
    const items = this.#items;
    let from = this.#start + 1;
    for (let i = 0; i < items.length; i += 2) {
      const isObject = this.#bytes[items[i]!] === OPEN_BRACE;
      if (!isObject || this.#commas(from, items[i]!) !== (i === 0 ? 0 : 1)) return undefined;
      from = items[i + 1]!;
    }
    return this.#commas(from, end) === 0 ? { name, start: this.#start, end, items } : undefined;
  }

  /** So many commas among spaces; -1 when there is something else. */
  #commas(from: number, to: number): number {
    let commas = 0;
    for (let at = from; at < to; at++) {
      if (this.#bytes[at] === COMMA) commas++;
      else if (!isSpace(this.#bytes[at]!)) return -1;
    }
    return commas;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
