import type { Peer } from './peer.js';
/**
 * When which peer's timers are due.
 *
 * Timers move with every packet, mostly to later. So only an earlier deadline is queued at once; a later one is noticed when the old one
 * comes first. That makes `touch` free on the packet path.
 */
export declare class Schedule {
    #private;
    /** To be called after anything that may have armed a timer of this peer. */
    touch(peer: Peer): void;
    forget(peer: Peer): void;
    /** The earliest deadline of any peer; Infinity without one. */
    nextDeadline(): number;
    /** The peer whose timers are due first, if any are. */
    due(now: number): Peer | undefined;
}
