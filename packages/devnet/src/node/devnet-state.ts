import type { StateStore } from '@heddle/core';
import { HeddleError } from '@heddle/core';
import type { AuthKey } from '../registry/auth-keys.js';
import type { DevnetNode } from '../registry/devnet-node.js';
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
    const write = (): Promise<void> => {
      this.#next = undefined;
      this.#writing = store.set(KEY, JSON.stringify({ version: VERSION, ...this.#snapshot() }));
      return this.#writing;
    };
    // Whoever asked for the write before was told that it failed; this one stands for itself.
    this.#next ??= this.#writing.then(write, write);
    return this.#next;
  }
}

/** What was saved; undefined at the first start. Throws HEDDLE_DEVNET_STATE. */
export function readSaved(store: StateStore): SavedDevnet | undefined {
  const text = store.get(KEY);
  if (text === undefined) return undefined;
  const saved = parse(text);
  if (saved?.version !== VERSION)
    throw new HeddleError('HEDDLE_DEVNET_STATE', 'the state was not written by a devnet of this version; give this devnet another folder');
  const missing = missingIn(saved);
  if (missing !== undefined) throw damaged(missing);
  return saved;
}

/** The state was a devnet's, and somebody has changed it: going on would make another tailnet of it without a word. */
export function damaged(what: string, cause?: unknown): HeddleError {
  return new HeddleError('HEDDLE_DEVNET_STATE', `the state is damaged: ${what}; put back a copy, or give this devnet another folder`, {
    cause,
  });
}

function missingIn({ controlKey, relayKey, certificate, registry, authKeys }: Partial<SavedDevnet>): string | undefined {
  for (const [name, key] of Object.entries({ controlKey, relayKey })) if (typeof key !== 'string') return `it has no ${name}`;
  for (const pem of [certificate?.key, certificate?.cert]) if (!`${pem}`.startsWith('-----BEGIN ')) return 'it has no certificate';
  if (!Array.isArray(authKeys) || !authKeys.every((each) => typeof each?.key === 'string')) return 'it has no list of auth keys';
  const { nextId, users, nodes } = registry ?? {};
  const isWhole = Number.isInteger(nextId) && Array.isArray(users) && Array.isArray(nodes) && nodes.every(isNode);
  return isWhole ? undefined : 'it has no list of nodes';
}

function parse(text: string): SavedDevnet | undefined {
  try {
    return JSON.parse(text) as SavedDevnet;
  } catch {
    return undefined;
  }
}

function isNode(node: Partial<DevnetNode> | null): boolean {
  return Number.isInteger(node?.id) && [node?.key, node?.machine, node?.name].every((text) => typeof text === 'string');
}
