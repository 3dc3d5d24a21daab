export { type CryptoOptions, chooseCrypto } from './choose-crypto.js';
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
  Rejection,
  X25519,
  X25519Key,
} from './contract.js';
export { CRYPTO_ERRORS, CryptoError, type CryptoErrorCode } from './errors.js';
export type { KeyKind } from './key-kind.js';
export { generateKeyPair, type KeyPair, keyPairOf } from './key-pair.js';
export { nobleProvider } from './noble-provider.js';
export { nodeProvider } from './node-provider.js';
export type { PacketOffload, SegmentCut } from './packet-offload.js';
export { builtInProviders } from './preference.js';
export { PresharedKey } from './preshared-key.js';
export { PrivateKey } from './private-key.js';
export { PublicKey } from './public-key.js';
export { SecretBytes } from './secret-bytes.js';
export { selfTest } from './self-test.js';
export { stablelibProvider } from './stablelib-provider.js';
export { packetOffload } from './wasm-offload.js';
export { wasmProvider } from './wasm-provider.js';
