import type { Bytes } from '@heddle/core';
import { readClientHello } from '@heddle/funnel';

/** What a visitor's first bytes say. `more`: not enough yet. */
export type FirstBytes = 'more' | 'http' | 'garbage' | 'nameless' | { readonly name: string };

/** RFC 8446 5.1: a record with a handshake. */
const HANDSHAKE = 22;
/** The longest method that anybody sends, and its space. */
const METHOD = 12;

/** Tells whom a visitor wants. Never throws: the bytes come from a stranger. */
export function judgeFirstBytes(bytes: Bytes): FirstBytes {
  if (bytes.length === 0) return 'more';
  if (bytes[0] !== HANDSHAKE) return judgeText(bytes);
  const hello = readClientHello(bytes);
  if (hello === 'more') return 'more';
  if (hello === 'not-tls') return 'garbage';
  return hello.serverName === undefined ? 'nameless' : { name: hello.serverName };
}

function judgeText(bytes: Bytes): FirstBytes {
  for (const [at, byte] of bytes.subarray(0, METHOD).entries()) {
    if (byte === 0x20 && at > 2) return 'http';
    if (byte < 0x41 || byte > 0x5a) return 'garbage';
  }
  return bytes.length < METHOD ? 'more' : 'garbage';
}
