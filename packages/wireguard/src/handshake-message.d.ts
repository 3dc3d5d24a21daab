import type { Bytes, X25519Key } from '@heddle/crypto';
import type { IkInitiator, IkProtocol, IkResponder } from './noise/ik.js';
import type { NoiseSuite } from './noise/symmetric-state.js';
/** The Noise protocol of WireGuard. */
export declare function wireGuardNoise(suite: NoiseSuite): IkProtocol;
/** An initiation with empty macs; undefined when the peer's key is a low-order point. */
export declare function writeInitiation(noise: IkInitiator, sender: number, timestamp: Bytes): Bytes | undefined;
/** The Noise part of an initiation. */
export declare function initiationBody(message: Bytes): Bytes;
/** The indices and keys of a response. */
export interface ResponseParts {
    readonly sender: number;
    readonly receiver: number;
    readonly ephemeral: X25519Key;
    readonly presharedKey: Bytes;
}
/** A response with empty macs; undefined when one of the peer's keys is a low-order point. */
export declare function writeResponse(noise: IkResponder, parts: ResponseParts): Bytes | undefined;
/** The Noise part of a response. */
export declare function responseBody(message: Bytes): Bytes;
