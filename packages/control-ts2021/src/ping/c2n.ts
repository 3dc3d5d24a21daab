import type { Bytes } from '@heddle/core';

/*
 * "Control to node": the server sends an HTTP/1 request as bytes and wants a whole HTTP/1 answer back.
 *
 *   POST /echo HTTP/1.1 CRLF   header lines   CRLF CRLF   body
 */

const LARGEST_HEAD = 16 * 1024;
const REQUEST_LINE = /^([A-Z]{1,16}) (\/[^ ]{0,2000}) HTTP\/1\.[01]\r?\n/;

/** The raw answer. Only `/echo` is known, which gives the body back. */
export function answerC2n(request: Bytes | undefined): string {
  const text = textOf(request ?? new Uint8Array(0));
  const [, method, target] = REQUEST_LINE.exec(text.slice(0, LARGEST_HEAD)) ?? [];
  const headEnd = /\r?\n\r?\n/.exec(text.slice(0, LARGEST_HEAD));
  if (method === undefined || target === undefined || headEnd === null) return answer(400, 'Bad Request', 'bad c2n request');
  const path = target.split('?', 1)[0]!;
  if (path !== '/echo') return answer(400, 'Bad Request', 'unknown c2n path');
  if (method !== 'GET' && method !== 'POST') return answer(405, 'Method Not Allowed', 'method not allowed');
  return answer(200, 'OK', text.slice(headEnd.index + headEnd[0].length));
}

/** The length counts bytes, not characters. */
function answer(status: number, reason: string, body: string): string {
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}
