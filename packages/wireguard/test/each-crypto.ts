import { type Crypto, type CryptoOptions, chooseCrypto, nobleProvider, stablelibProvider, wasmProvider } from '@heddle/crypto';
import { remembering } from './remembering.js';

/** One choice of providers, for `describe.each`. */
export interface NamedCrypto {
  readonly name: string;
  readonly crypto: Crypto;
}

function named(name: string, options: CryptoOptions): NamedCrypto {
  const crypto = chooseCrypto(options);
  return { name, crypto: { ...crypto, x25519: remembering(crypto.x25519) } };
}

const NODE = { x25519: 'node', mac: 'node', packets: 'node', chacha20poly1305: 'node' } as const;

/** Every provider with all that it offers; what it lacks is served by others. */
export const everyCrypto: readonly NamedCrypto[] = [
  named('the default', {}),
  named('wasm and stablelib, as in a browser', { providers: [wasmProvider, stablelibProvider, nobleProvider] }),
  named('noble alone', { force: 'noble' }),
  named('all that node:crypto offers', { force: NODE }),
];
