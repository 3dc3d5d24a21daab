import { isJsonObject, type JsonObject } from './json-guard.js';
import type { MapLimits } from './map-limits.js';
import { KeyRoom } from './wire-keys.js';

/** The longest name that DNS can carry, without the dot at its end. */
const LONGEST_NAME = 253;
const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** Nearly all texts: nothing in them has to be looked for. */
const PLAIN = /^[\x20-\x7e]*$/;
/** Half of a surrogate pair, which no UTF-8 can carry. */
const LONE_SURROGATE = /\p{Cs}/gu;
/** What would steer a terminal, or turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
const ID = /^[1-9][0-9]{0,18}$/;

/**
 * Reads values out of parsed JSON of a stranger. Absent and null are the same. What cannot be used is left out and counted, so that one
 * bad entry costs itself only.
 */
export class WireReader {
  readonly limits: MapLimits;
  /** How much was left out. */
  skipped = 0;
  /** Where keys are made. */
  readonly keys: KeyRoom = new KeyRoom();

  constructor(limits: MapLimits) {
    this.limits = limits;
  }

  skip(): undefined {
    this.skipped += 1;
  }

  object(raw: unknown): JsonObject | undefined {
    if (isAbsent(raw)) return undefined;
    return isJsonObject(raw) ? raw : this.skip();
  }

  /** The readable items of a list. Undefined when it is absent; empty when it is no list at all. */
  list<T>(raw: unknown, most: number, read: (item: unknown, reader: WireReader) => T | undefined): T[] | undefined {
    if (isAbsent(raw)) return undefined;
    if (!Array.isArray(raw)) {
      this.skip();
      return [];
    }
    const count = Math.min(raw.length, most);
    // A list that grows gets room for more, and most of them are kept.
    const found = new Array<T>(count);
    let filled = 0;
    for (let i = 0; i < count; i++) {
      const value = read(raw[i], this);
      if (value !== undefined) found[filled++] = value;
    }
    found.length = filled;
    this.skipped += raw.length - count;
    return found;
  }

  /** An object that is used as a dictionary: its own entries, whatever their names. */
  entries(raw: unknown, most: number): readonly [string, unknown][] | undefined {
    const object = this.object(raw);
    if (object === undefined) return isAbsent(raw) ? undefined : [];
    const entries = Object.entries(object);
    if (entries.length > most) this.skipped += entries.length - most;
    return entries.slice(0, most);
  }

  /** A text for programs. */
  text(raw: unknown): string | undefined {
    const text = this.unchecked(raw);
    return text === undefined || PLAIN.test(text) ? text : text.replace(LONE_SURROGATE, '\ufffd');
  }

  /** A text of a form that the caller checks to its last character. */
  unchecked(raw: unknown): string | undefined {
    if (isAbsent(raw)) return undefined;
    return typeof raw === 'string' && raw.length <= this.limits.text ? raw : this.skip();
  }

  /** A text for people: what would play tricks on a terminal is replaced. Empty when there is none. The one from before, when it is the same. */
  shown(raw: unknown, before?: string): string {
    if (isAbsent(raw)) return '';
    if (before !== undefined && raw === before) return before;
    const text = this.unchecked(raw) ?? '';
    return PLAIN.test(text) ? text : text.replace(UNPRINTABLE, '\ufffd');
  }

  /** A domain name in lower case without the dot at its end. Undefined for an empty one. The one from before, when it is the same. */
  domain(raw: unknown, before = ''): string | undefined {
    if (before !== '' && typeof raw === 'string' && raw.length === before.length + 1 && raw.endsWith('.') && raw.startsWith(before))
      return before;
    const text = this.unchecked(raw)?.toLowerCase();
    if (text === undefined || text === '' || text === '.') return undefined;
    const name = text.endsWith('.') ? text.slice(0, -1) : text;
    return name.length <= LONGEST_NAME && NAME.test(name) ? name : this.skip();
  }

  /** A positive 64-bit integer as decimal text, exact. Undefined for 0, which means "none". */
  id(raw: unknown): string | undefined {
    if (isAbsent(raw) || raw === 0) return undefined;
    if (typeof raw === 'number') return raw > 0 && Number.isSafeInteger(raw) ? String(raw) : this.skip();
    return typeof raw === 'string' && ID.test(raw) ? raw : this.skip();
  }

  integer(raw: unknown, first: number, last: number): number | undefined {
    if (isAbsent(raw)) return undefined;
    return Number.isInteger(raw) && Number(raw) >= first && Number(raw) <= last ? Number(raw) : this.skip();
  }

  /** Undefined when it is not known. */
  optionalBoolean(raw: unknown): boolean | undefined {
    if (isAbsent(raw)) return undefined;
    return typeof raw === 'boolean' ? raw : this.skip();
  }

  /** An http(s) URL as it was written. */
  webUrl(raw: unknown): string | undefined {
    const text = this.text(raw);
    if (text === undefined || text === '') return undefined;
    return isWebUrl(text) ? text : this.skip();
  }
}

export function isAbsent(raw: unknown): raw is undefined | null {
  return raw === undefined || raw === null;
}

/** A restriction: whatever is there and not plainly false holds, so that no odd spelling lifts it. */
export function isRestricted(raw: unknown): boolean {
  return !isAbsent(raw) && raw !== false;
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && text.search(UNPRINTABLE) < 0 && URL.canParse(text);
}
