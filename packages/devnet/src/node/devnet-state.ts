import type { StateStore } from '@heddle/core';
import { HeddleError } from '@heddle/core';
import type { AuthKey } from '../registry/auth-keys.js';
import type { RegistrySnapshot } from '../registry/registry.js';
import type { SelfSigned } from './self-signed.js';

const KEY = 'devnet';
const VERSION = 1;

/** Everything that a devnet needs to go on after a restart. Secrets are in it. */
export interface SavedDevnet {
  readonly version: 1;
  /** Private keys, hexadecimal. */
  readonly controlKey: string;
  readonly relayKey: string;
  readonly certificate: SelfSigned & { readonly host: string };
  readonly registry: RegistrySnapshot;
  readonly authKeys: readonly AuthKey[];
}

/** Writes the state when it is asked to, one write at a time, and many changes as one. */
export class DevnetState {
  readonly #store: StateStore | undefined;
  readonly #snapshot: () => Omit<SavedDevnet, 'version'>;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(store: StateStore | undefined, snapshot: () => Omit<SavedDevnet, 'version'>) {
    this.#store = store;
    this.#snapshot = snapshot;
  }

  /** Resolves when everything that was true at the call is safe. */
  save(): Promise<void> {
    const store = this.#store;
    if (store === undefined) return Promise.resolve();
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      this.#writing = store.set(KEY, JSON.stringify({ version: VERSION, ...this.#snapshot() }));
      return this.#writing;
    });
    return this.#next;
  }
}

/** What was saved; undefined at the first start. Throws HEDDLE_DEVNET_STATE. */
export function readSaved(store: StateStore): SavedDevnet | undefined {
  const text = store.get(KEY);
  if (text === undefined) return undefined;
  const saved = parse(text);
  if (saved?.version !== VERSION || saved.registry === undefined || saved.certificate === undefined)
    throw new HeddleError('HEDDLE_DEVNET_STATE', 'the state was not written by a devnet of this version; give this devnet another folder');
  return saved;
}

function parse(text: string): SavedDevnet | undefined {
  try {
    return JSON.parse(text) as SavedDevnet;
  } catch {
    return undefined;
  }
}
