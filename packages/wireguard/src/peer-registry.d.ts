import type { PeerConfig } from './contract.js';
import type { Device } from './device.js';
import { Peer } from './peer.js';
/** Adds, changes and removes peers by the smallest difference: what stays the same is not touched. */
export declare class PeerRegistry {
    #private;
    constructor(device: Device);
    /** True in `keepaliveDue` when a persistent keepalive was switched on. */
    set(config: PeerConfig): {
        readonly peer: Peer;
        readonly keepaliveDue: boolean;
    };
    remove(peer: Peer): void;
}
