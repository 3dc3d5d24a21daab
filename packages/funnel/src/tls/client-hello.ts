/**
 * The first message of TLS, as far as it must be known before an answer: whom the visitor wants, and which protocols it speaks.
 *
 *   record:     | type 22 | version 2 | length 2 | fragment ... |      a message may lie in several records
 *   message:    | type 1 | length 3 | version 2 | random 32 | session 1+n | suites 2+n | compression 1+n | extensions 2+n |
 *   extension:  | type 2 | length 2 | body |
 *   names (0):      | list 2 | type 0 | name 2+n | ...
 *   protocols (16): | list 2 | protocol 1+n | ...
 */

export interface ClientHello {
  /** Lower case, without a dot at the end; undefined: none was sent. */
  readonly serverName: string | undefined;
  /** ALPN, best first. */
  readonly protocols: readonly string[];
}

/** `more`: it may become one. `not-tls`: it cannot. */
export type HelloSoFar = ClientHello | 'more' | 'not-tls';

/** A ClientHello of today has 2 kB. What is longer than this is none. */
export const LONGEST_HELLO: number = 16 * 1024;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
const LONGEST_RECORD = 16_384;

/** Reads what has come so far. Never throws: the bytes come from a stranger. */
export function readClientHello(bytes: Uint8Array): HelloSoFar {
  const seen = bytes.subarray(0, LONGEST_HELLO);
  const { handshake, broken } = measure(seen);
  const start = messageIn(seen, Math.min(4, handshake));
  if (start.length >= 1 && start[0] !== CLIENT_HELLO) return 'not-tls';
  const length = start.length < 4 ? undefined : uint(start, 1, 3);
  if (length !== undefined && length > LONGEST_HELLO - RECORD_HEADER - 4) return 'not-tls';
  if (length !== undefined && handshake >= 4 + length) return decodeHello(messageIn(seen, 4 + length).subarray(4)) ?? 'not-tls';
  return broken || bytes.length >= LONGEST_HELLO ? 'not-tls' : 'more';
}

/**
 * How many handshake bytes there are in all records, of which the last may be incomplete; broken: what follows is no such record. Nothing is made of
 * them here, because who sends byte by byte has this asked for each byte.
 */
function measure(bytes: Uint8Array): { readonly handshake: number; readonly broken: boolean } {
  let handshake = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = at + RECORD_HEADER > bytes.length ? undefined : uint(bytes, at + 3, 2);
    const broken = bytes[at] !== HANDSHAKE || (bytes[at + 1] ?? 3) !== 3 || length === 0 || (length ?? 0) > LONGEST_RECORD;
    if (broken || length === undefined) return { handshake, broken };
    handshake += Math.min(length, bytes.length - at - RECORD_HEADER);
    at += RECORD_HEADER + length;
  }
  return { handshake, broken: false };
}

/** So many handshake bytes from the records, which have them. */
function messageIn(bytes: Uint8Array, count: number): Uint8Array {
  const message = new Uint8Array(count);
  for (let at = 0, to = 0; to < count; ) {
    const length = uint(bytes, at + 3, 2);
    const fragment = bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + Math.min(length, count - to));
    message.set(fragment, to);
    to += fragment.length;
    at += RECORD_HEADER + length;
  }
  return message;
}

function decodeHello(body: Uint8Array): ClientHello | undefined {
  const reader = new Reader(body);
  reader.skip(2 + 32);
  for (const size of [1, 2, 1]) reader.vector(size);
  const extensions = reader.isAtEnd ? new Reader(body.subarray(0, 0)) : reader.vector(2);
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  const types = new Set<number>();
  while (!extensions.isAtEnd && !extensions.failed) {
    const type = extensions.uint(2);
    const value = extensions.vector(2);
    // RFC 8446 4.2: none twice. Of two names, who chooses the target and who ends TLS might each take another.
    if (types.has(type)) return undefined;
    types.add(type);
    if (type === 0) serverName = nameIn(value);
    if (type === 16) protocols = protocolsIn(value);
  }
  return reader.failed || extensions.failed ? undefined : { serverName, protocols };
}

function nameIn(extension: Reader): string | undefined {
  const list = extension.vector(2);
  const type = list.uint(1);
  const name = list.vector(2).text();
  if (list.failed || type !== 0 || !/^[A-Za-z0-9._-]{1,255}$/.test(name)) return undefined;
  return name.toLowerCase().replace(/\.$/, '');
}

function protocolsIn(extension: Reader): string[] {
  const list = extension.vector(2);
  const protocols: string[] = [];
  while (!list.isAtEnd && !list.failed) protocols.push(list.vector(1).text());
  return list.failed ? [] : protocols;
}

/** Reads within bounds; once something is missing it has failed, and everything further is empty. */
class Reader {
  failed = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  skip(count: number): void {
    this.#take(count);
  }

  uint(size: number): number {
    const bytes = this.#take(size);
    return bytes === undefined ? 0 : uint(bytes, 0, size);
  }

  vector(size: number): Reader {
    const length = this.uint(size);
    const bytes = this.failed ? undefined : this.#take(length);
    const inner = new Reader(bytes ?? new Uint8Array(0));
    inner.failed = bytes === undefined;
    return inner;
  }

  text(): string {
    return String.fromCharCode(...this.#bytes.subarray(this.#at, this.#at + 256));
  }

  #take(count: number): Uint8Array | undefined {
    if (this.failed || this.#at + count > this.#bytes.length) {
      this.failed = true;
      return undefined;
    }
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

function uint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i]!;
  return value;
}
