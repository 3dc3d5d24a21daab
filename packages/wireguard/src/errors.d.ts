/** Stable codes of the errors that this package throws. Only mistakes of the calling program lead to them, never bytes from the network. */
export type WireGuardErrorCode = 'HEDDLE_WIREGUARD_KEY' | 'HEDDLE_WIREGUARD_OWN_KEY' | 'HEDDLE_WIREGUARD_PREFIX' | 'HEDDLE_WIREGUARD_KEEPALIVE' | 'HEDDLE_WIREGUARD_MTU' | 'HEDDLE_WIREGUARD_LIMIT' | 'HEDDLE_WIREGUARD_UNKNOWN_PEER';
/** A call that cannot be carried out as given; nothing of it was applied. */
export declare class WireGuardError extends Error {
    readonly code: WireGuardErrorCode;
    constructor(code: WireGuardErrorCode, message: string);
}
