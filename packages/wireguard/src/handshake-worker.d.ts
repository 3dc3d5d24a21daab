import type { Device } from './device.js';
import type { HandshakeQueue } from './handshake-queue.js';
import { type IkProtocol } from './noise/ik.js';
import type { Sender } from './sender.js';
/** Works on queued handshake messages: cheap checks first, key agreement only for those who pass them. */
export declare class HandshakeWorker {
    #private;
    constructor(device: Device, protocol: IkProtocol, queue: HandshakeQueue, sender: Sender);
    /** Works until the queue is empty or the budget of one tick is used up. */
    work(now: number): void;
}
