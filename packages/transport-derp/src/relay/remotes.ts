import { type Bytes, type Remote, RemoteTable } from '@heddle/core';
import { formatPlace, KEY_IN_ID, type Place, parsePlace, remoteParts } from '../place.js';

/** Texts that are interned before the short way is cleared: the table below never forgets what is used by it. */
const REFRESH_AFTER = 1024;

/** The remotes of one Bind. Packets find theirs by their bytes, without making a text. */
export class Remotes {
  readonly #table = new RemoteTable('derp');
  readonly #byBytes = new Map<number, Remote>();
  #interned = 0;

  parse(text: string): Remote | undefined {
    if (!text.startsWith('derp:')) return undefined;
    const rest = text.slice(5);
    const place = parsePlace(rest);
    return place && this.#intern(rest, place);
  }

  of(place: Place): Remote {
    return this.#intern(formatPlace(place), place);
  }

  /** The remote of a key that lies somewhere in `bytes`. */
  ofKeyAt(region: number, bytes: Bytes, at: number): Remote {
    const hash = (region * 31) ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    const known = this.#byBytes.get(hash);
    if (known !== undefined && isOf(known.id, region, bytes, at)) return known;
    const remote = this.of({ region, key: bytes.slice(at, at + 32) });
    this.#byBytes.set(hash, remote);
    return remote;
  }

  #intern(rest: string, place: Place): Remote {
    if (++this.#interned % REFRESH_AFTER === 0) this.#byBytes.clear();
    return this.#table.intern(rest, () => remoteParts(place, rest));
  }
}

function isOf(id: Bytes, region: number, bytes: Bytes, at: number): boolean {
  if (((id[0]! << 24) | (id[1]! << 16) | (id[2]! << 8) | id[3]!) >>> 0 !== region) return false;
  for (let i = 0; i < 32; i++) if (id[KEY_IN_ID + i] !== bytes[at + i]) return false;
  return true;
}
