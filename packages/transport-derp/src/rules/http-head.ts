import type { Bytes, RelayNode } from '@heddle/core';

/*
 * The request that turns an HTTP connection into DERP, and the head of the answer.
 *
 *   GET /derp HTTP/1.1              HTTP/1.1 101 Switching Protocols
 *   Host: relay.example.com         Upgrade: DERP
 *   Connection: Upgrade             Derp-Version: 2
 *   Upgrade: DERP
 */

const LARGEST_HEAD = 16 * 1024;

export interface HttpHead {
  readonly status: number;
  /** By lower-case name; of several with one name the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes behind the head. */
  readonly rest: Bytes;
}

/** `ideal`: the region's first node, where this is another one. */
export function encodeUpgrade({ hostName, derpPort = 443 }: RelayNode, ideal: string | undefined): Bytes {
  const host = hostName.includes(':') ? `[${hostName}]` : hostName;
  const lines = [
    'GET /derp HTTP/1.1',
    `Host: ${derpPort === 443 ? host : `${host}:${derpPort}`}`,
    'Connection: Upgrade',
    'Upgrade: DERP',
    'User-Agent: heddle',
    ...(ideal !== undefined && /^[\w.-]{1,128}$/.test(ideal) ? [`Ideal-Node: ${ideal}`] : []),
  ];
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
}

/** True when the server speaks DERP from now on. */
export function isUpgraded({ status, headers }: HttpHead): boolean {
  return status === 101 && headers.get('upgrade')?.toLowerCase() === 'derp';
}

/** Takes the head of an answer in pieces. */
export class HttpHeadReader {
  readonly #bytes = new Uint8Array(LARGEST_HEAD);
  #length = 0;

  /** Undefined: more is needed. `bad`: it is no HTTP, or has no end. */
  push(bytes: Bytes): HttpHead | 'bad' | undefined {
    const room = Math.min(bytes.length, LARGEST_HEAD - this.#length);
    const searchFrom = Math.max(0, this.#length - 3);
    this.#bytes.set(bytes.subarray(0, room), this.#length);
    this.#length += room;
    const end = this.#endOfHead(searchFrom);
    if (end < 0) return this.#length === LARGEST_HEAD || !this.#mayBeHttp() ? 'bad' : undefined;
    const text = new TextDecoder('latin1').decode(this.#bytes.subarray(0, end));
    const beyond = bytes.subarray(room);
    return parseHead(text, joined(this.#bytes.slice(end + 4, this.#length), beyond)) ?? 'bad';
  }

  #mayBeHttp(): boolean {
    const start = new TextDecoder('latin1').decode(this.#bytes.subarray(0, Math.min(5, this.#length)));
    return 'HTTP/'.startsWith(start);
  }

  #endOfHead(from: number): number {
    const b = this.#bytes;
    for (let i = from; i + 3 < this.#length; i++) if (b[i] === 13 && b[i + 1] === 10 && b[i + 2] === 13 && b[i + 3] === 10) return i;
    return -1;
  }
}

function parseHead(text: string, rest: Bytes): HttpHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers, rest };
}

function joined(a: Bytes, b: Bytes): Bytes {
  if (b.length === 0) return a;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
