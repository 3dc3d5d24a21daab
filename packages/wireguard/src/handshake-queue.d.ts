import type { Bytes } from '@heddle/crypto';
import type { Endpoint } from './contract.js';
/** A handshake message or cookie reply as it came in. */
export interface QueuedMessage {
    readonly bytes: Bytes;
    readonly from: Endpoint;
    readonly at: number;
}
/** Handshake messages that wait for a tick, so that key agreement never stands in the way of packets. */
export declare class HandshakeQueue {
    #private;
    constructor(limit: number, loadAt: number);
    get length(): number;
    /** When the oldest message came; Infinity when none waits. */
    get since(): number;
    /** Copies the message in; false when the queue is full. */
    push(now: number, from: Endpoint, slab: Bytes, offset: number, length: number): boolean;
    shift(now: number): QueuedMessage | undefined;
    /** So many messages wait, or did a moment ago, that strangers must first prove their address. */
    underLoad(now: number): boolean;
}
