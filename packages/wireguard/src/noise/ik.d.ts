import type { Bytes, X25519Key } from '@heddle/crypto';
import { type NoiseSuite, SymmetricState } from './symmetric-state.js';
/** What both sides have agreed on before the first message. */
export interface IkProtocol {
    readonly suite: NoiseSuite;
    readonly name: string;
    readonly prologue: Bytes;
    /** True for IKpsk2, where the ephemerals are mixed into the key as well. */
    readonly psk: boolean;
}
/** The state after pre-messages, to be cloned for each handshake with this responder. */
export declare function ikStart(protocol: IkProtocol, responderStatic: Bytes): SymmetricState;
/** The keys of the side that speaks first. */
export interface InitiatorKeys {
    readonly local: X25519Key;
    readonly ephemeral: X25519Key;
    readonly remoteStatic: Bytes;
    /** DH of both static keys when it is known already. */
    readonly staticShared?: Bytes;
}
/** One handshake of the side that speaks first. */
export declare class IkInitiator {
    #private;
    constructor(protocol: IkProtocol, keys: InitiatorKeys);
    get hash(): Bytes;
    /** The first message; undefined when the responder's key is a low-order point. */
    write(payload: Bytes): Bytes | undefined;
    /** The payload of the answer; undefined, with the state as before, when it is forged. */
    read(message: Bytes, psk?: Bytes): Bytes | undefined;
    /** After the answer: the keys to send and to receive with. */
    split(): {
        readonly send: Bytes;
        readonly receive: Bytes;
    };
}
/** One handshake of the side that answers. Use `readStatic`, `readPayload`, `write`, `split`, each once and in this order. */
export declare class IkResponder {
    #private;
    constructor(protocol: IkProtocol, local: X25519Key);
    get hash(): Bytes;
    /** Who claims to be speaking: not proven before `readPayload` has succeeded. */
    readStatic(message: Bytes): Bytes | undefined;
    /** The payload of the first message; pass the DH of both static keys when it is known already. */
    readPayload(message: Bytes, staticShared?: Bytes): Bytes | undefined;
    /** The answer; undefined when one of the initiator's keys is a low-order point. */
    write(ephemeral: X25519Key, payload: Bytes, psk?: Bytes): Bytes | undefined;
    /** After the answer: the keys to send and to receive with. */
    split(): {
        readonly send: Bytes;
        readonly receive: Bytes;
    };
}
