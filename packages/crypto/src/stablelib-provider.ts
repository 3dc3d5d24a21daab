import { scalarMultBase, sharedKey } from '@stablelib/x25519';
import type { Bytes, CryptoProvider } from './contract.js';
import { x25519Over } from './x25519-key.js';

/** X25519 alone, in plain JavaScript, at about 1.7 times the speed of noble. */
export const stablelibProvider: CryptoProvider = {
  name: 'stablelib',
  create: () => ({ x25519: x25519Over(rejectingZero, scalarMultBase) }),
};

/** With rejectZero the library throws for a low-order point; lengths were checked before, so it throws for nothing else. */
function rejectingZero(scalar: Bytes, point: Bytes): Bytes | undefined {
  try {
    return sharedKey(scalar, point, true);
  } catch {
    return undefined;
  }
}
