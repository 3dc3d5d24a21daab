import type { Bytes } from '@heddle/crypto';
import { formatPrefix, type Prefix, parsePrefix } from '@heddle/wire';
import type { PeerConfig } from './contract.js';
import { WireGuardError } from './errors.js';

const KEY = 32;
const LONGEST_KEEPALIVE = 0xffff;

/** 32 zero bytes: none. One for all peers, never written. */
export const NO_PRESHARED_KEY: Bytes = new Uint8Array(KEY);

/** By canonical text, in the order given; undefined for those that were known and not read again. */
export type ReadPrefixes = ReadonlyMap<string, Prefix | undefined>;

/** What a configuration says, once everything in it is known to be right. */
export interface CheckedConfig {
  readonly prefixes: ReadPrefixes;
  readonly presharedKey: Bytes;
  /** Milliseconds. */
  readonly persistentKeepalive: number;
}

/** Throws a coded error that names the first thing wrong. `known` are canonical texts of prefixes, which need no reading again. */
export function checkConfig(config: PeerConfig, known: ReadonlySet<string>): CheckedConfig {
  requireKey('publicKey', config.publicKey);
  const { presharedKey } = config;
  if (presharedKey !== undefined) requireKey('presharedKey', presharedKey);
  return {
    prefixes: readPrefixes(config.allowedIps, known),
    presharedKey: presharedKey?.slice() ?? NO_PRESHARED_KEY,
    persistentKeepalive: 1000 * checkKeepalive(config.persistentKeepalive ?? 0),
  };
}

/** Throws unless the key has 32 bytes. The key itself is never shown. */
export function requireKey(name: string, key: Bytes): void {
  if (key.length === KEY) return;
  throw new WireGuardError('HEDDLE_WIREGUARD_KEY', `${name} must have ${KEY} bytes, not ${key.length}`);
}

/** Throws a coded error that names the first one that is no prefix. */
export function readPrefixes(texts: readonly string[], known: ReadonlySet<string>): ReadPrefixes {
  const prefixes = new Map<string, Prefix | undefined>();
  for (const text of texts) {
    if (known.has(text)) prefixes.set(text, undefined);
    else readInto(prefixes, text);
  }
  return prefixes;
}

function readInto(prefixes: Map<string, Prefix | undefined>, text: string): void {
  const prefix = parse(text);
  const canonical = formatPrefix(prefix);
  // A text of the caller's is there already, and a new one of many pieces is not.
  prefixes.set(canonical === text ? text : canonical, prefix);
}

function parse(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw new WireGuardError('HEDDLE_WIREGUARD_PREFIX', `allowed IP "${text}" is not an address or prefix such as 10.0.0.0/24 or fd00::1`);
}

function checkKeepalive(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_KEEPALIVE) return seconds;
  throw new WireGuardError(
    'HEDDLE_WIREGUARD_KEEPALIVE',
    `persistentKeepalive must be whole seconds from 0 to ${LONGEST_KEEPALIVE}, not ${seconds}`,
  );
}
