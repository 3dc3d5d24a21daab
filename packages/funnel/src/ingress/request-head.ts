import type { Bytes } from '@heddle/core';

/*
 * The head of a request, as RFC 9112 writes it:
 *
 *   POST /v0/ingress HTTP/1.1 CRLF
 *   Name: value CRLF
 *   …
 *   CRLF
 *
 * Strict where leniency has let requests be smuggled: lines end in CRLF, names are tokens with the colon right behind them,
 * no line is folded, no byte beyond ASCII is taken, and a header that says where a message ends or whom it is for stands at most once.
 */

export interface RequestHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** By lower-case name; the first of a name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Why a head is none. */
export type HeadFault = 'malformed' | 'too-large';

/** Heads are small: what is longer is an attack or a mistake. */
export const LARGEST_HEAD: number = 8 * 1024;
export const MOST_HEADERS = 64;

const LINE = /^([A-Z]{1,16}) (\/[!-~]*) HTTP\/1\.1$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t -~]*)$/;
const ONCE: readonly string[] = ['host', 'content-length', 'transfer-encoding', 'tailscale-ingress-src', 'tailscale-ingress-target'];
const END = [13, 10, 13, 10] as const;

/** Collects the head of a request, however it is cut into pieces. */
export class RequestHeadReader {
  readonly #bytes = new Uint8Array(LARGEST_HEAD);
  #length = 0;
  /** How much of the end of a head has been seen. */
  #seen = 0;

  /** The head when it is whole, how many of these bytes belonged to it, or why there will be none; undefined: more is needed. */
  push(bytes: Bytes): { readonly head: RequestHead; readonly used: number } | HeadFault | undefined {
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.#length === LARGEST_HEAD) return 'too-large';
      const byte = bytes[at]!;
      this.#bytes[this.#length++] = byte;
      this.#seen = byte === END[this.#seen] ? this.#seen + 1 : byte === END[0] ? 1 : 0;
      if (this.#seen === END.length) return whole(this.#bytes.subarray(0, this.#length - END.length), at + 1);
    }
    return undefined;
  }
}

function whole(bytes: Bytes, used: number): { readonly head: RequestHead; readonly used: number } | HeadFault {
  const head = parseRequestHead(new TextDecoder('latin1').decode(bytes));
  return typeof head === 'string' ? head : { head, used };
}

/** The lines of a head, without the empty one. */
export function parseRequestHead(text: string): RequestHead | HeadFault {
  const [first = '', ...lines] = text.split('\r\n');
  const [, method, target] = LINE.exec(first) ?? [];
  if (method === undefined || target === undefined) return 'malformed';
  if (lines.length > MOST_HEADERS) return 'too-large';
  const headers = readFields(lines);
  return headers === undefined ? 'malformed' : { method, path: target.split('?', 1)[0]!, headers };
}

function readFields(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, written, value] = FIELD.exec(line) ?? [];
    if (written === undefined || value === undefined) return undefined;
    const name = written.toLowerCase();
    if (headers.has(name) && ONCE.includes(name)) return undefined;
    if (!headers.has(name)) headers.set(name, value.trimEnd());
  }
  return headers;
}
