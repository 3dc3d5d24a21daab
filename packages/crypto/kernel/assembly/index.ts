export { open, openOne, seal, sealOne } from './aead';
