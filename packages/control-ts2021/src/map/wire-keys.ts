import type { Bytes } from '@heddle/core';
import { PublicKey } from '@heddle/crypto';
import type { WireReader } from './wire-reader.js';

/** A public key, as bytes and as 64 hexadecimal digits. */
export interface KeyText {
  readonly bytes: Bytes;
  readonly hex: string;
}

const FORM = {
  node: /^nodekey:([0-9a-f]{64})$/i,
  disco: /^discokey:([0-9a-f]{64})$/i,
};

/** Null when it is all zero, which stands for "none"; undefined when it is absent or no key. */
export function readKey(reader: WireReader, kind: 'node' | 'disco', raw: unknown): KeyText | null | undefined {
  const text = reader.text(raw);
  if (text === undefined || text === '') return undefined;
  const hex = FORM[kind].exec(text)?.[1]?.toLowerCase();
  if (hex === undefined) return reader.skip();
  const key = PublicKey.fromHex(kind, hex);
  return key.isZero ? null : { bytes: key.toBytes(), hex };
}
