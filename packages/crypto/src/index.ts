export { chooseCrypto } from './choose-crypto.js';
export { equalBytes } from './constant-time.js';
export type {
  Aead,
  Blake2s,
  Bytes,
  Crypto,
  CryptoProvider,
  HashName,
  Mac,
  Nacl,
  PacketAead,
  PacketTable,
  PrimitiveName,
  Primitives,
  X25519,
  X25519Key,
} from './contract.js';
export { CRYPTO_ERRORS, CryptoError, type CryptoErrorCode } from './errors.js';
export { nobleProvider } from './noble-provider.js';
