import { type Clock, HeddleError, type Random } from '@heddle/core';
import { type Crypto, chooseCrypto, type X25519Key } from '@heddle/crypto';
import { bytesOf, hexOf } from '../hex.js';
import { type AuthKeyOptions, DEFAULT_USER, type DevnetOptions } from '../options.js';
import { AuthKeys } from '../registry/auth-keys.js';
import { Registry } from '../registry/registry.js';
import { addSyntheticNodes } from '../registry/synthetic-nodes.js';
import type { SavedDevnet } from './devnet-state.js';
import { selfSigned } from './self-signed.js';

/** What stays the same over restarts, beside nodes and auth keys. */
export type Secrets = Pick<SavedDevnet, 'controlKey' | 'relayKey' | 'certificate'>;

/** What a devnet stands on. */
export interface Ground {
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
}

/** What a devnet knows, whoever is connected. */
export interface Knowledge {
  readonly registry: Registry;
  readonly keys: AuthKeys;
  readonly secrets: Secrets;
}

export function groundOf(options: DevnetOptions, machine: Pick<Ground, 'clock' | 'random'>): Ground {
  const { address = '127.0.0.1', clock = machine.clock, random = machine.random } = options;
  return { address, clock, random, crypto: chooseCrypto() };
}

/** What was saved, or a new tailnet, with the keys and nodes that the options ask for. */
export function knowledgeOf(options: DevnetOptions, ground: Ground, saved: SavedDevnet | undefined): Knowledge {
  const [registry, keys] = [new Registry(), new AuthKeys()];
  const wall = ground.clock.wall();
  if (saved !== undefined) registry.restore(saved.registry, wall);
  for (const key of saved?.authKeys ?? []) keys.put(key);
  for (const wanted of options.authKeys ?? []) if (wanted.key === undefined || !keys.has(wanted.key)) putAuthKey(keys, wanted, ground);
  if (saved === undefined) addSyntheticNodes(registry, options.synthetic ?? 0, ground.random, wall);
  return { registry, keys, secrets: secretsOf(ground, saved) };
}

/** Makes a pre-auth key and returns its text. */
export function putAuthKey(keys: AuthKeys, options: AuthKeyOptions, { random, clock }: Ground): string {
  const { user = DEFAULT_USER, tags = [], reusable = true, ephemeral = false, lifetime } = options;
  const key = options.key ?? `devnet-auth-${freshKey(random)}`;
  const wrong = tags.find((tag) => !/^tag:[a-zA-Z][\w-]*$/.test(tag));
  if (wrong !== undefined) throw mistake(`"${wrong}" is no tag; write tag:name`);
  if (!/^[!-~]+$/.test(key)) throw mistake('an auth key is empty, or has spaces or characters beyond ASCII');
  if (!/^\S+$/.test(user)) throw mistake(`"${user}" is no login name`);
  if (Number.isNaN(lifetime)) throw mistake('the lifetime of an auth key is no number');
  keys.put({ key, user, tags, reusable, ephemeral, used: false, ...(lifetime !== undefined && { expiry: clock.wall() + lifetime }) });
  return key;
}

function mistake(text: string): HeddleError {
  return new HeddleError('HEDDLE_DEVNET_OPTIONS', `devnet: ${text}`);
}

export function keyOf(hex: string, { crypto }: Ground): X25519Key {
  const secret = bytesOf(hex);
  if (secret?.length !== 32) throw new HeddleError('HEDDLE_DEVNET_STATE', 'the state holds a private key that is none');
  return crypto.x25519.load(secret);
}

/** A certificate is for one address: at another one it is made anew. */
function secretsOf({ address, clock, random }: Ground, saved: Secrets | undefined): Secrets {
  const certificate =
    saved?.certificate.host === address ? saved.certificate : { ...selfSigned(address, clock.wall(), random), host: address };
  return { controlKey: saved?.controlKey ?? freshKey(random), relayKey: saved?.relayKey ?? freshKey(random), certificate };
}

function freshKey(random: Random): string {
  const bytes = new Uint8Array(32);
  random.fill(bytes);
  return hexOf(bytes);
}
