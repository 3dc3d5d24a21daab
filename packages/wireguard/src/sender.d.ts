import type { PacketTable } from '@heddle/crypto';
import type { Device } from './device.js';
import type { Initiator } from './initiator.js';
import type { Peer } from './peer.js';
/**
 * The way out: clear packets become sealed datagrams in their place.
 *
 * Everything that a call changes in a peer is changed before the sink is called, because its handlers may call back into the engine.
 */
export declare class Sender {
    #private;
    constructor(device: Device, initiator: Initiator);
    /** Packets in a row to the same peer are sealed and sent together. */
    send(now: number, packets: PacketTable): void;
    /** Sends what has waited for a session, or asks for one. */
    sendStaged(now: number, peer: Peer): void;
    /** Says that we are there: with what is staged, else with an empty packet, else with a handshake. */
    sendKeepalive(now: number, peer: Peer): void;
}
