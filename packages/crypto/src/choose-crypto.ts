import type { Crypto } from './contract.js';
import { nobleProvider } from './noble-provider.js';

export function chooseCrypto(): Crypto {
  const chosen = {
    x25519: 'noble',
    chacha20poly1305: 'noble',
    xchacha20poly1305: 'noble',
    packets: 'noble',
    blake2s: 'noble',
    mac: 'noble',
    nacl: 'noble',
  };
  return { ...(nobleProvider.create() as Omit<Crypto, 'chosen'>), chosen };
}
