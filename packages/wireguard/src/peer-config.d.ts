import type { Bytes } from '@heddle/crypto';
import { type Prefix } from '@heddle/wire';
import type { PeerConfig } from './contract.js';
/** What a configuration says, once everything in it is known to be right. */
export interface CheckedConfig {
    /** By canonical text, in the order given. */
    readonly prefixes: ReadonlyMap<string, Prefix>;
    readonly presharedKey: Bytes;
    /** Milliseconds. */
    readonly persistentKeepalive: number;
}
/** Throws a coded error that names the first thing wrong. */
export declare function checkConfig(config: PeerConfig): CheckedConfig;
/** Throws unless the key has 32 bytes. The key itself is never shown. */
export declare function requireKey(name: string, key: Bytes): void;
