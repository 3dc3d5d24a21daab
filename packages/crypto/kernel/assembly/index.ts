export { open, openOne, seal, sealOne } from './aead';
export { blake2s } from './blake2s';
export { sum } from './checksum';
export { coalesce } from './coalesce';
export { segment } from './segment';
