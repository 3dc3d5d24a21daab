/**
 * What a key pair is for, which decides the prefix of its text:
 *
 *   node       nodekey:   WireGuard and DERP identity; every WireGuard key is one
 *   machine    mkey:      Noise static key towards the control server
 *   disco      discokey:  path discovery
 *   challenge  chalpub:   control's proof that a node key is ours
 *
 * A private key of any kind is written `privkey:`, so keep them in differently named fields.
 */
export type KeyKind = 'node' | 'machine' | 'disco' | 'challenge';

export const PUBLIC_PREFIX: Readonly<Record<KeyKind, string>> = {
  node: 'nodekey:',
  machine: 'mkey:',
  disco: 'discokey:',
  challenge: 'chalpub:',
};

export const PRIVATE_PREFIX = 'privkey:';
