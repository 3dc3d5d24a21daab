/** What the owner must do when a timer is due. */
export type TimerEvent = 'retransmit' | 'give-up' | 'keepalive' | 'new-handshake' | 'zero-keys' | 'persistent-keepalive';
/** The timers of one peer as plain deadlines: exact, and without any clock. */
export declare class PeerTimers {
    #private;
    /** `jitter` is asked once per armed timer that is spread, not per packet. */
    constructor(jitter: () => number);
    /** Milliseconds; 0 is off. */
    get persistentKeepalive(): number;
    set persistentKeepalive(interval: number);
    /** The earliest time at which `expire` has something to say. */
    nextDeadline(): number;
    /** A data packet, a keepalive or a handshake message of ours goes out. */
    authenticatedSent(now: number): void;
    /** The same came in. */
    authenticatedReceived(now: number): void;
    /** The wait counts from the first unanswered packet: later ones do not move it. */
    dataSent(now: number): void;
    dataReceived(now: number): void;
    initiationSent(now: number): void;
    /** An initiation was wanted before the gate opens. Without this, the retries would end at a gate that our own response has shut. */
    initiationHeldBack(until: number): void;
    /** Somebody other than the retransmission wants a handshake: all attempts are free again. */
    resetAttempts(): void;
    sessionDerived(now: number): void;
    handshakeComplete(): void;
    /** To be called after the keepalive that 'keepalive' asked for, because sending it cancels the timer. */
    keepaliveSent(now: number): void;
    /** The handshake or the session that these timers were about is gone. */
    clear(): void;
    /** Disarms one due timer and says what it is about; undefined when none is due. Call it until then. */
    expire(now: number): TimerEvent | undefined;
}
