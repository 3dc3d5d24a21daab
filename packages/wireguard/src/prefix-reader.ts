import type { Bytes } from '@heddle/crypto';
import { formatAddress, readPrefix } from '@heddle/wire';
import { WireGuardError } from './errors.js';
import type { TextSet } from './text-set.js';

/** An address lies at sixteen times the number of its text in the list. */
const ROOM = 16;
const FEW = 4;
/** Room for more is not kept. */
const KEPT = 256;
const HOST_4 = 32;
const HOST_6 = 128;
const ZERO = 0x30;
const COLON = 0x3a;
const DOT = 0x2e;
const SLASH = 0x2f;
const CAPITALS = 0x41;
const SMALL = 0x61;

/** Canonical texts that stand for prefixes known already. */
export type KnownTexts = Pick<TextSet, 'has'>;

/** Reads lists of prefixes, without making anything for each of them. What it says is about the list that it read last. */
export class PrefixReader {
  /** The addresses, without their host bits. */
  addresses: Bytes = new Uint8Array(FEW * ROOM);
  #bits = new Int16Array(FEW);

  /** The canonical texts: the list itself when all of it is canonical. Throws a coded error that names the first one that is no prefix. */
  read(texts: readonly string[], known: KnownTexts): readonly string[] {
    this.#makeRoom(texts.length);
    let canonical = true;
    for (let n = 0; n < texts.length; n++) if (this.#read(texts[n]!, n, known) !== texts[n]) canonical = false;
    return canonical ? texts : texts.map((text, n) => this.#read(text, n, known));
  }

  /** Its bits; negative: it was known, and not read. */
  bits(n: number): number {
    return this.#bits[n]!;
  }

  /** Where its address begins. */
  at(n: number): number {
    return ROOM * n;
  }

  #makeRoom(count: number): void {
    const room = this.#bits.length;
    if (count <= room && room <= KEPT) return;
    this.addresses = new Uint8Array(count * ROOM);
    this.#bits = new Int16Array(count);
  }

  #read(text: string, n: number, known: KnownTexts): string {
    const bits = known.has(text) ? -1 : readPrefix(text, this.addresses, ROOM * n);
    this.#bits[n] = bits;
    if (bits >= 0) return this.#canonical(text, n, bits);
    if (known.has(text)) return text;
    throw new WireGuardError('HEDDLE_WIREGUARD_PREFIX', `allowed IP "${text}" is not an address or prefix such as 10.0.0.0/24 or fd00::1`);
  }

  #canonical(text: string, n: number, bits: number): string {
    const at = ROOM * n;
    if (isPlainHost(text, bits, this.addresses, at)) return text;
    const canonical = `${formatAddress(this.addresses.subarray(at, at + (isIpv6(text) ? 16 : 4)))}/${bits}`;
    // A text of the caller's is there already, and a new one of many pieces is not.
    return canonical === text ? text : canonical;
  }
}

/** The version of a text that is a prefix. */
export function isIpv6(prefix: string): boolean {
  return prefix.includes(':');
}

/** True for most prefixes of hosts that are canonical, without writing the canonical text; never for another. */
function isPlainHost(text: string, bits: number, address: Bytes, at: number): boolean {
  if (!isIpv6(text)) return bits === HOST_4 && text.endsWith('/32');
  return bits === HOST_6 && text.endsWith('/128') && isPlainIpv6(text) && zeroGroups(address, at) !== 1;
}

/** No group is zero, or begins with a zero, but for those that one pair of colons stands for; nothing is capital or dotted. */
function isPlainIpv6(text: string): boolean {
  let before = COLON;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === SLASH) return before !== COLON;
    if (code === DOT || (code >= CAPITALS && code < SMALL) || (before === COLON && (code === ZERO || (i === 0 && code === COLON))))
      return false;
    before = code;
  }
  return false;
}

function zeroGroups(b: Bytes, at: number): number {
  let zeros = 0;
  for (let i = at; i < at + ROOM; i += 2) if (b[i] === 0 && b[i + 1] === 0) zeros++;
  return zeros;
}
