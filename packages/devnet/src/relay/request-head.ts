import type { Bytes } from '@heddle/core';

/*
 * The request with which a connection begins.
 *
 *   GET /derp HTTP/1.1
 *   Connection: Upgrade
 *   Upgrade: DERP
 */

const LARGEST_HEAD = 16 * 1024;
const GREETING = 'X-Tailscale-Challenge';

export interface RequestHead {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What a relay answers: frames follow an upgrade, nothing follows a text. */
export interface HeadAnswer {
  readonly text: string;
  readonly upgraded: boolean;
}

/** Collects a head. The bytes behind it are in `rest` when it is whole. */
export class RequestHeadReader {
  #text = '';
  rest: Bytes = new Uint8Array(0);

  /** Undefined: more is needed. `bad`: it is no request, or has no end. */
  push(bytes: Bytes): RequestHead | 'bad' | undefined {
    const before = this.#text.length;
    this.#text += new TextDecoder('latin1').decode(bytes);
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return this.#text.length > LARGEST_HEAD ? 'bad' : undefined;
    this.rest = bytes.subarray(end + 4 - before);
    return parseHead(this.#text.slice(0, end)) ?? 'bad';
  }
}

/** With a fast start the client has not waited for an answer, and gets none. */
export function answerHead({ method, path, headers }: RequestHead, publicKey: string): HeadAnswer {
  if (path === '/derp' && headers.get('upgrade')?.toLowerCase() === 'derp') {
    if (headers.get('derp-fast-start') === '1') return { text: '', upgraded: true };
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: DERP', 'Connection: Upgrade', 'Derp-Version: 2'];
    return { text: `${[...lines, `Derp-Public-Key: ${publicKey}`].join('\r\n')}\r\n\r\n`, upgraded: true };
  }
  if (path === '/derp') return plain('426 Upgrade Required', 'DERP requires connection upgrade\n');
  if (path === '/derp/probe' || path === '/derp/latency-check') return plain('200 OK', '', ['Access-Control-Allow-Origin: *']);
  if (path === '/generate_204') return plain('204 No Content', undefined, challenge(headers));
  return plain(method === 'GET' ? '404 Not Found' : '405 Method Not Allowed', 'a relay of a devnet\n');
}

function plain(status: string, body: string | undefined, more: readonly string[] = []): HeadAnswer {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  return { text: `${[`HTTP/1.1 ${status}`, 'Connection: close', ...length, ...more].join('\r\n')}\r\n\r\n${body ?? ''}`, upgraded: false };
}

/** Proves to a client that no captive portal answers. */
function challenge(headers: ReadonlyMap<string, string>): string[] {
  const said = headers.get(GREETING.toLowerCase());
  return said !== undefined && /^[\w.-]{1,64}$/.test(said) ? [`X-Tailscale-Response: response ${said}`] : [];
}

function parseHead(text: string): RequestHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const [, method, path] = /^([A-Z]+) (\/[^ ?]*)(?:\?[^ ]*)? HTTP\/1\.[01]$/.exec(first) ?? [];
  if (method === undefined || path === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method, path, headers };
}
