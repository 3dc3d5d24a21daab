import type { Device } from './device.js';
import type { Initiator } from './initiator.js';
import type { Sender } from './sender.js';
/** Does what the timers of the peers ask for. */
export declare class TimerWorker {
    #private;
    constructor(device: Device, sender: Sender, initiator: Initiator);
    /** Costs what is due, however many peers there are. */
    work(now: number): void;
}
