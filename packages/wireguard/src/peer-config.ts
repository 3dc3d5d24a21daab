import type { Bytes } from '@heddle/crypto';
import type { PeerConfig } from './contract.js';
import { WireGuardError } from './errors.js';
import type { KnownTexts, PrefixReader } from './prefix-reader.js';

const KEY = 32;
const LONGEST_KEEPALIVE = 0xffff;

/** 32 zero bytes: none. One for all peers, never written. */
export const NO_PRESHARED_KEY: Bytes = new Uint8Array(KEY);

/** What a configuration says, once everything in it is known to be right. */
export interface CheckedConfig {
  /** Canonical texts, in the order given; one that is given twice may be there twice. A list that nobody changes. */
  readonly prefixes: readonly string[];
  readonly presharedKey: Bytes;
  /** Milliseconds. */
  readonly persistentKeepalive: number;
}

/** Throws a coded error that names the first thing wrong. `known` are canonical texts of prefixes, which need no reading again. */
export function checkConfig(config: PeerConfig, known: KnownTexts, reader: PrefixReader): CheckedConfig {
  requireKey('publicKey', config.publicKey);
  const { presharedKey } = config;
  if (presharedKey !== undefined) requireKey('presharedKey', presharedKey);
  return {
    prefixes: readLasting(config, known, reader),
    presharedKey: presharedKey?.slice() ?? NO_PRESHARED_KEY,
    persistentKeepalive: 1000 * checkKeepalive(config.persistentKeepalive ?? 0),
  };
}

function readLasting({ allowedIps, lasting }: PeerConfig, known: KnownTexts, reader: PrefixReader): readonly string[] {
  const read = reader.read(allowedIps, known);
  return read === allowedIps && lasting !== true ? [...read] : read;
}

/** Throws unless the key has 32 bytes. The key itself is never shown. */
export function requireKey(name: string, key: Bytes): void {
  if (key.length === KEY) return;
  throw new WireGuardError('HEDDLE_WIREGUARD_KEY', `${name} must have ${KEY} bytes, not ${key.length}`);
}

function checkKeepalive(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_KEEPALIVE) return seconds;
  throw new WireGuardError(
    'HEDDLE_WIREGUARD_KEEPALIVE',
    `persistentKeepalive must be whole seconds from 0 to ${LONGEST_KEEPALIVE}, not ${seconds}`,
  );
}
