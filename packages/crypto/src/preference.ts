import type { CryptoProvider, PrimitiveName } from './contract.js';
import { nobleProvider } from './noble-provider.js';
import { nodeProvider } from './node-provider.js';
import { stablelibProvider } from './stablelib-provider.js';
import { wasmProvider } from './wasm-provider.js';

/** The providers that come with this package. */
export const builtInProviders: readonly CryptoProvider[] = [nodeProvider, wasmProvider, stablelibProvider, nobleProvider];

/**
 * Built-in names by primitive, best first. A provider that is not named here was brought by the application and comes before all of these.
 *
 * - x25519: 24 µs on node:crypto, 400 in stablelib, 700 in noble.
 * - blake2s: a mac1 takes 1 µs on the kernel and 6 in noble; node:crypto has no keyed BLAKE2s.
 * - mac: a HKDF over BLAKE2s, of which a handshake makes about a dozen, is 2 times faster on the kernel than on node:crypto, which makes an
 *   object for each HMAC, and 5 times faster than in noble. Of SHA-256 the kernel has none: noble computes it there.
 * - xchacha20poly1305: a cookie takes 1.4 µs over the kernel and 10 in noble.
 * - packets and chacha20poly1305: the SIMD kernel is ahead of all others at every length. Behind it comes noble, because node:crypto is up
 *   to 2.7 times faster than noble with OpenSSL 3.0 (Node 20) but slower with 3.5 (Node 24: 14.5 µs for 1,420 bytes, noble 11.5). The choice
 *   must not turn bad with an upgrade, so node stands last: used when forced or when all else fails.
 */
export const PREFERENCE: Readonly<Record<PrimitiveName, readonly string[]>> = {
  x25519: ['node', 'stablelib', 'noble'],
  packets: ['wasm', 'noble', 'node'],
  chacha20poly1305: ['wasm', 'noble', 'node'],
  xchacha20poly1305: ['wasm', 'noble'],
  blake2s: ['wasm', 'noble'],
  mac: ['wasm', 'node', 'noble'],
  nacl: ['noble'],
};

/** All primitives, in the order in which they are chosen and reported. */
export const PRIMITIVE_NAMES: readonly PrimitiveName[] = Object.keys(PREFERENCE) as PrimitiveName[];

/**
 * The candidates for one primitive, best first; those of equal rank stay in the order of the list. A built-in one that does not serve the
 * primitive is left out, so that its failure to start is told where it matters.
 */
export function byPreference<T extends { readonly name: string }>(primitive: PrimitiveName, candidates: readonly T[]): readonly T[] {
  const rank = (candidate: T): number => PREFERENCE[primitive].indexOf(candidate.name);
  const isBuiltIn = (candidate: T): boolean => builtInProviders.some((it) => it.name === candidate.name);
  return candidates.filter((it) => rank(it) >= 0 || !isBuiltIn(it)).sort((a, b) => rank(a) - rank(b));
}
