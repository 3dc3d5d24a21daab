import type { Bytes, Crypto } from '@heddle/crypto';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock, Random } from '../contracts/surroundings.js';
import { HeddleError } from '../errors/heddle-error.js';
import type { Identity, KeyPairBytes } from './identity.js';
import { StampReserve } from './stamp-reserve.js';

/** Names in the state store; the values are private keys in hex. */
const MACHINE_KEY = 'machine-key';
const NODE_KEY = 'node-key';

/** Loads the identity from an open store; makes and stores the keys that it does not have yet. */
export async function createIdentity(store: StateStore, clock: Clock, random: Random, crypto: Crypto): Promise<StoredIdentity> {
  const machineKey = await storedKey(store, MACHINE_KEY, random, crypto);
  const nodeKey = await storedKey(store, NODE_KEY, random, crypto);
  const stamps = await StampReserve.open(store, clock);
  return new StoredIdentity(store, random, crypto, { machineKey, nodeKey, discoKey: newKey(random, crypto), stamps });
}

interface Stored {
  readonly machineKey: KeyPairBytes;
  readonly nodeKey: KeyPairBytes;
  readonly discoKey: KeyPairBytes;
  readonly stamps: StampReserve;
}

/** The identity service over a state store. */
export class StoredIdentity implements Identity {
  readonly machineKey: KeyPairBytes;
  readonly discoKey: KeyPairBytes;
  readonly nodeKey$: Observable<KeyPairBytes | undefined>;
  readonly stamps: StampReserve;
  readonly #nodeKey: BehaviorSubject<KeyPairBytes | undefined>;
  readonly #store: StateStore;
  readonly #random: Random;
  readonly #crypto: Crypto;

  constructor(store: StateStore, random: Random, crypto: Crypto, stored: Stored) {
    this.machineKey = stored.machineKey;
    this.discoKey = stored.discoKey;
    this.stamps = stored.stamps;
    this.#nodeKey = new BehaviorSubject<KeyPairBytes | undefined>(stored.nodeKey);
    this.nodeKey$ = this.#nodeKey.asObservable();
    this.#store = store;
    this.#random = random;
    this.#crypto = crypto;
  }

  get nodeKey(): KeyPairBytes | undefined {
    return this.#nodeKey.value;
  }

  /** The old key stays in use until the new one is safe. */
  async rotateNodeKey(prepared?: Bytes): Promise<KeyPairBytes> {
    const next = prepared === undefined ? newKey(this.#random, this.#crypto) : pairOf(prepared.slice(), this.#crypto);
    await this.#store.set(NODE_KEY, toHex(next.privateKey));
    this.#nodeKey.next(next);
    return next;
  }

  adoptNodeKey(privateKey: Bytes | undefined): void {
    this.#nodeKey.next(privateKey && pairOf(privateKey.slice(), this.#crypto));
  }
}

async function storedKey(store: StateStore, name: string, random: Random, crypto: Crypto): Promise<KeyPairBytes> {
  const stored = store.get(name);
  if (stored !== undefined) return pairOf(fromHex(stored, name), crypto);
  const made = newKey(random, crypto);
  await store.set(name, toHex(made.privateKey));
  return made;
}

function newKey(random: Random, crypto: Crypto): KeyPairBytes {
  const privateKey = new Uint8Array(32);
  random.fill(privateKey);
  return pairOf(privateKey, crypto);
}

/** Clamped as WireGuard stores keys. */
function pairOf(privateKey: Bytes, crypto: Crypto): KeyPairBytes {
  privateKey[0]! &= 0xf8;
  privateKey[31] = (privateKey[31]! & 0x7f) | 0x40;
  return { privateKey, publicKey: crypto.x25519.load(privateKey).publicKey };
}

function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string, name: string): Bytes {
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new HeddleError('HEDDLE_STATE_DAMAGED', `the state holds a ${name} that is no key; restore it from a backup`);
  return Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}
