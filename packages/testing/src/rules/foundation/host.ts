/** What rules can learn from the platform they run on. Each member makes more faults visible. */
export interface Host {
  /** Gives the event loop a turn: timers of a millisecond, immediates and I/O that are ready run. */
  turn(): Promise<void>;
  /** As turn, without waiting for timers: immediates and I/O that are ready run. Default: turn. */
  soon?(): Promise<void>;
  /** Watches for rejections and exceptions that reach the process; the result ends it and tells what was seen. */
  watchFaults(): () => readonly unknown[];
  /** Counts promises, timers, immediates and ticks as they come to be; the result ends it and tells how many. */
  countAsync(): () => number;
  /** Watches the timers and sockets that come of calls, and keep the process alive. */
  watchHandles?(): HandleWatch;
  /** Watches for questions to the machine's clock and randomness; the result ends it and tells what was asked. Default: nobody watches. */
  watchAmbient?(): () => readonly string[];
}

/** The handles that come of some calls, however late. */
export interface HandleWatch {
  /** Makes a call whose handles are watched. */
  run<T>(call: () => T): T;
  /** The kinds of those that are still open. */
  left(): readonly string[];
  end(): void;
}
