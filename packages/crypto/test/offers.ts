import type { Bytes, PrimitiveName, Primitives } from '../src/contract.js';
import { builtInProviders } from '../src/preference.js';

/** One provider's implementation of a primitive. */
export interface Offer<Name extends PrimitiveName> {
  readonly provider: string;
  readonly implementation: Primitives[Name];
}

/** Every built-in provider that offers the primitive on this machine. What is tested here is tested for each of them. */
export function offersOf<Name extends PrimitiveName>(name: Name): readonly Offer<Name>[] {
  return builtInProviders.flatMap((provider) => {
    const implementation = provider.create()[name] as Primitives[Name] | undefined;
    return implementation === undefined ? [] : [{ provider: provider.name, implementation }];
  });
}

export function hex(text: string): Bytes {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

export function toHex(bytes: Bytes): string {
  return Buffer.from(bytes).toString('hex');
}

export function ascii(text: string): Bytes {
  return Uint8Array.from(Buffer.from(text, 'ascii'));
}

export function counting(length: number, from = 0): Bytes {
  return Uint8Array.from({ length }, (_, i) => from + i);
}
