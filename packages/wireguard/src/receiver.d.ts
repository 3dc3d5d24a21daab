import type { PacketTable } from '@heddle/crypto';
import type { Endpoint } from './contract.js';
import type { Device } from './device.js';
import type { HandshakeQueue } from './handshake-queue.js';
import type { Initiator } from './initiator.js';
import type { Sender } from './sender.js';
/** The way in: datagrams become clear packets in their place; handshake messages only queue up. */
export declare class Receiver {
    #private;
    constructor(device: Device, queue: HandshakeQueue, sender: Sender, initiator: Initiator);
    /** Datagrams in a row of the same session are opened and delivered together. */
    receive(now: number, from: Endpoint, datagrams: PacketTable): void;
}
