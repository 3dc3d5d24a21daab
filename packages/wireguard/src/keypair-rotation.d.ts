import type { Keypair } from './keypair.js';
/** Which key pairs a peer has, and which of them sends. */
export declare class KeypairRotation {
    #private;
    /** `discard` is called once for each pair that leaves. */
    constructor(discard: (keypair: Keypair) => void);
    get current(): Keypair | undefined;
    get previous(): Keypair | undefined;
    get next(): Keypair | undefined;
    derivedAsInitiator(keypair: Keypair): void;
    derivedAsResponder(keypair: Keypair): void;
    /** Valid data came in under this pair. True when that has made it the current one. */
    received(keypair: Keypair): boolean;
    /** No pair sends any more: our own key has changed. */
    exhaust(): void;
    /** Makes all pairs older and deletes those that have expired thereby. True when one was deleted. */
    age(now: number, milliseconds: number): boolean;
    clear(): void;
}
