import type { Address, Bytes } from '@heddle/core';

/*
 * How a visitor is handed to a node of the tailnet, over a connection to its PeerAPI:
 *
 *   relay:  POST /v0/ingress HTTP/1.1, who and whereto in headers
 *   node:   HTTP/1.1 101 Switching Protocols        or another status, and the end
 *   then:   the bytes of the visitor, both ways
 */

/** A node's answer is short; what is longer is none. */
const LARGEST_ANSWER = 8 * 1024;
const END = [13, 10, 13, 10] as const;
export const SWITCHING = 101;

/** The request that brings a visitor from an address to a name and port. */
export function encodeIngressRequest(from: Address, name: string, port: number): Bytes {
  const source = from.address.includes(':') ? `[${from.address}]` : from.address;
  const lines = [
    'POST /v0/ingress HTTP/1.1',
    'Host: peer',
    'User-Agent: heddle-ingress',
    'Content-Length: 0',
    `Tailscale-Ingress-Src: ${source}:${from.port}`,
    `Tailscale-Ingress-Target: ${name}:${port}`,
  ];
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Collects the head of the node's answer. */
export class AnswerReader {
  #first = '';
  #length = 0;
  #seen = 0;

  /** The status and how many of these bytes were the head's; `bad`: it is no answer. Undefined: more is needed. */
  push(bytes: Bytes): { readonly status: number; readonly used: number } | 'bad' | undefined {
    for (const [at, byte] of bytes.entries()) {
      if (++this.#length > LARGEST_ANSWER) return 'bad';
      if (this.#first.length < 13) this.#first += String.fromCharCode(byte);
      this.#seen = byte === END[this.#seen] ? this.#seen + 1 : byte === END[0] ? 1 : 0;
      if (this.#seen === END.length) return this.#whole(at + 1);
    }
    return undefined;
  }

  #whole(used: number): { readonly status: number; readonly used: number } | 'bad' {
    const status = /^HTTP\/1\.[01] ([1-5][0-9]{2})[ \r]/.exec(this.#first)?.[1];
    return status === undefined ? 'bad' : { status: Number(status), used };
  }
}
