export { open, openOne, seal, sealOne } from './aead';
export { sum } from './checksum';
export { coalesce } from './coalesce';
export { segment } from './segment';
