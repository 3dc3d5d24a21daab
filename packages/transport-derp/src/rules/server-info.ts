import type { Bytes } from '@heddle/core';
import type { RateLimit } from './token-bucket.js';

/** Servers send some dozens of bytes. */
const LARGEST = 64 * 1024;

export interface ServerInfo {
  readonly version: number;
  readonly rate: RateLimit | undefined;
}

/** The JSON that a relay sends under its box; undefined when it is none. Fields that nobody knows are ignored. */
export function readServerInfo(plain: Bytes): ServerInfo | undefined {
  if (plain.length > LARGEST) return undefined;
  const raw = parse(new TextDecoder().decode(plain));
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { version, TokenBucketBytesPerSecond: rate, TokenBucketBytesBurst: burst } = raw as Readonly<Record<string, unknown>>;
  return { version: positive(version) ?? 0, rate: rateOf(positive(rate), positive(burst)) };
}

/** What a client says of itself. No `meshKey`: even an empty one makes the server close the connection. */
export function encodeClientInfo(): Bytes {
  return new TextEncoder().encode('{"version":2,"CanAckPings":true}');
}

function rateOf(bytesPerSecond: number | undefined, burst: number | undefined): RateLimit | undefined {
  return bytesPerSecond === undefined ? undefined : { bytesPerSecond, burst: burst ?? bytesPerSecond };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
