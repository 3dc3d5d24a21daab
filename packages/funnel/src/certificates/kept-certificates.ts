import type { StateStore } from '@heddle/core';
import type { Certificate } from '../certificate-source.js';
import type { Validity } from './renewal.js';

/** Looks into a certificate: undefined when it cannot be read, is not for the name, or the key is another one's. */
export type Inspect = (certificate: Certificate, name: string) => Validity | undefined;

/** A certificate that was looked into. */
export interface Issued {
  readonly certificate: Certificate;
  readonly validity: Validity;
}

/** Certificates in the state of the node, each with its key in one value: both are there, or neither. Of the CA of one directory only. */
export class KeptCertificates {
  readonly #store: StateStore;
  readonly #directory: string;
  readonly #inspect: Inspect;

  constructor(store: StateStore, directory: string, inspect: Inspect) {
    this.#store = store;
    this.#directory = directory;
    this.#inspect = inspect;
  }

  /** 'damaged': what is there is of no use. */
  read(name: string): Issued | 'damaged' | undefined {
    const text = this.#store.get(keyOf(name));
    if (text === undefined) return undefined;
    const kept = parsed(text);
    if (kept === undefined) return 'damaged';
    if (kept.directory !== this.#directory) return undefined;
    const certificate = { certificate: kept.certificate, key: kept.key };
    const validity = this.#inspect(certificate, name);
    return validity === undefined ? 'damaged' : { certificate, validity };
  }

  /** Resolves when it is safe. */
  write(name: string, { certificate, key }: Certificate): Promise<void> {
    return this.#store.set(keyOf(name), JSON.stringify({ version: 1, directory: this.#directory, certificate, key }));
  }
}

function keyOf(name: string): string {
  return `certificates/of/${name}`;
}

function parsed(text: string): { readonly directory: string; readonly certificate: string; readonly key: string } | undefined {
  try {
    const { version, directory, certificate, key } = JSON.parse(text) as Record<string, unknown>;
    const whole = version === 1 && typeof directory === 'string' && typeof certificate === 'string' && typeof key === 'string';
    return whole ? { directory, certificate, key } : undefined;
  } catch {
    return undefined;
  }
}
