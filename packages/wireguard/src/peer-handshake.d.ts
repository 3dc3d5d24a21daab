import type { Bytes, X25519Key } from '@heddle/crypto';
import type { IkInitiator } from './noise/ik.js';
/** An initiation of ours that waits for its response. */
export interface PendingInitiation {
    readonly index: number;
    readonly noise: IkInitiator;
}
/** What is remembered about handshakes with one peer, between the messages. */
export declare class PeerHandshake {
    #private;
    pending: PendingInitiation | undefined;
    /** The initiator's one extra handshake shortly before a session expires has been used for this session. */
    lastMinuteUsed: boolean;
    /** No initiation may be sent before this time. */
    get gateOpensAt(): number;
    /** An initiation or a response of ours goes out. */
    sent(now: number): void;
    openGate(): void;
    /** DH of both static keys: costs a key agreement once per peer and private key. */
    staticShared(local: X25519Key, remote: Bytes): Bytes | undefined;
    /** True, and remembered, for a stamp later than all before that does not come in a flood. */
    consumeTimestamp(now: number, timestamp: Bytes): boolean;
    /** Our private key has changed. What the peer has proven stays. */
    forgetOwnKey(): void;
}
