import type { Device } from './device.js';
import { type IkProtocol } from './noise/ik.js';
import type { Peer } from './peer.js';
/** Sends handshake initiations, not more often than the protocol allows. */
export declare class Initiator {
    #private;
    constructor(device: Device, protocol: IkProtocol);
    /** Wants a handshake. When one was begun or answered a moment ago, it comes as soon as it may. */
    request(now: number, peer: Peer): void;
    /** The same for the retransmission timer, which counts its attempts. */
    retry(now: number, peer: Peer): void;
}
