import type { Bytes } from '@heddle/crypto';
import { formatPrefix, type Prefix, parsePrefix } from '@heddle/wire';
import type { PeerConfig } from './contract.js';
import { WireGuardError } from './errors.js';

const KEY = 32;
const LONGEST_KEEPALIVE = 0xffff;

/** 32 zero bytes: none. One for all peers, never written. */
export const NO_PRESHARED_KEY: Bytes = new Uint8Array(KEY);

/** What a configuration says, once everything in it is known to be right. */
export interface CheckedConfig {
  /** By canonical text, in the order given. */
  readonly prefixes: ReadonlyMap<string, Prefix>;
  readonly presharedKey: Bytes;
  /** Milliseconds. */
  readonly persistentKeepalive: number;
}

/** Throws a coded error that names the first thing wrong. `known` are prefixes by canonical text, which need no reading again. */
export function checkConfig(config: PeerConfig, known: ReadonlyMap<string, Prefix>): CheckedConfig {
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

/** Prefixes by canonical text, in the order given. Throws a coded error that names the first one that is none. */
export function readPrefixes(texts: readonly string[], known: ReadonlyMap<string, Prefix>): Map<string, Prefix> {
  const prefixes = new Map<string, Prefix>();
  for (const text of texts) {
    const prefix = known.get(text);
    if (prefix === undefined) readInto(prefixes, text);
    else prefixes.set(text, prefix);
  }
  return prefixes;
}

function readInto(prefixes: Map<string, Prefix>, text: string): void {
  const prefix = parse(text);
  prefixes.set(formatPrefix(prefix), prefix);
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
