// environment: a poll that native code reports ends outside of Node's turn; an immediate brings it back in
import type { Foreign } from './foreign.js';

/** Stops and goes on; close is final and must come before the descriptor is closed. */
export interface Watch {
  pause(paused: boolean): void;
  close(): void;
}

/**
 * Calls once a turn of the event loop while the descriptor is readable. A failed descriptor is readable.
 *
 * The callback of the poll runs outside of Node's own: promises that it settles would wait for the next event, and what it throws would be
 * lost. So it only asks for an immediate, which comes in the same turn.
 */
export function watch(foreign: Foreign, fd: number, ready: () => void): Watch {
  let asked: NodeJS.Immediate | undefined;
  const run = (): void => {
    asked = undefined;
    ready();
  };
  const ring = (): void => {
    asked ??= setImmediate(run);
  };
  const poll = foreign.node.poll(fd, ring);
  const forget = (): void => {
    clearImmediate(asked);
    asked = undefined;
  };
  return {
    pause(paused) {
      if (paused) poll.stop();
      else poll.start(ring);
      if (paused) forget();
    },
    close() {
      forget();
      poll.close();
    },
  };
}

/** Runs later in this turn of the event loop. */
export function soon(run: () => void): void {
  setImmediate(run);
}
