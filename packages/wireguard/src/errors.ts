/** Stable codes of the errors that this package throws. Only mistakes of the calling program lead to them, never bytes from the network. */
export type WireGuardErrorCode =
  | 'HEDDLE_WIREGUARD_KEY'
  | 'HEDDLE_WIREGUARD_OWN_KEY'
  | 'HEDDLE_WIREGUARD_PREFIX'
  | 'HEDDLE_WIREGUARD_KEEPALIVE'
  | 'HEDDLE_WIREGUARD_MTU'
  | 'HEDDLE_WIREGUARD_LIMIT'
  | 'HEDDLE_WIREGUARD_UNKNOWN_PEER';

/** What each code means and what to do. */
export const WIREGUARD_ERRORS: Readonly<Record<WireGuardErrorCode, { readonly says: string; readonly cure: string }>> = {
  HEDDLE_WIREGUARD_KEY: { says: 'A key does not have 32 bytes.', cure: 'Pass the bytes of the key, not its text.' },
  HEDDLE_WIREGUARD_OWN_KEY: { says: 'A peer was given the public key of the node itself.', cure: 'Leave that peer out.' },
  HEDDLE_WIREGUARD_PREFIX: { says: 'An allowed IP is not an address or prefix.', cure: 'Write it as 10.0.0.0/24 or fd00::1.' },
  HEDDLE_WIREGUARD_KEEPALIVE: {
    says: 'A persistent keepalive is not a whole number of seconds from 0 to 65535.',
    cure: 'Pass seconds; 0 is off.',
  },
  HEDDLE_WIREGUARD_MTU: { says: 'An MTU is not a whole number from 0 to 65535.', cure: 'Pass bytes; 0 pads without a limit.' },
  HEDDLE_WIREGUARD_LIMIT: {
    says: 'A limit is impossible, or there are as many peers as the limit allows.',
    cure: 'Raise the limit, or remove a peer.',
  },
  HEDDLE_WIREGUARD_UNKNOWN_PEER: { says: 'A handle of a peer that was removed was used.', cure: 'Ask peers() for those that are there.' },
};

/** A call that cannot be carried out as given; nothing of it was applied. */
export class WireGuardError extends Error {
  readonly code: WireGuardErrorCode;

  constructor(code: WireGuardErrorCode, message: string) {
    super(message);
    this.name = 'WireGuardError';
    this.code = code;
  }
}
