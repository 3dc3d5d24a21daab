import type { Bytes, PacketAead } from '@heddle/crypto';
import { ReplayWindow } from './replay-window.js';
/** True for a counter that no message may carry. */
export declare function counterRejected(hi: number, lo: number): boolean;
/** What a handshake has led to. */
export interface SessionKeys {
    readonly send: Bytes;
    readonly receive: Bytes;
    readonly localIndex: number;
    readonly remoteIndex: number;
    readonly isInitiator: boolean;
}
/** The keys of one session and all that is counted under them. */
export declare class Keypair {
    #private;
    readonly localIndex: number;
    readonly remoteIndex: number;
    readonly isInitiator: boolean;
    readonly sendSlot: number;
    readonly receiveSlot: number;
    readonly replay: ReplayWindow;
    /** Counter of the next message, in two words: 2^64 has no exact number. */
    sendHi: number;
    sendLo: number;
    constructor(aead: PacketAead, now: number, keys: SessionKeys);
    /** Wipes the keys; the pair must not be used afterwards. */
    unload(aead: PacketAead): void;
    /** Takes the counter of one message. */
    countSent(): void;
    /** How many messages may still be sent; only exact where it matters. */
    get remaining(): number;
    /** WireGuard paper 6.2: so many messages were sent that a new session is due. */
    get isWorn(): boolean;
    /** Never sends again; what the peer still sends may be received. */
    exhaust(): void;
    isExpired(now: number): boolean;
    isOlder(now: number, age: number): boolean;
    /** Time that passed while the monotonic clock stood still. */
    addAge(milliseconds: number): void;
    canSend(now: number): boolean;
}
