import type { VisitorSocket } from './visitor-socket.js';

/** Copies both ways with backpressure. The end of one direction is passed on and leaves the other open; a failure of one side ends both. */
export function joinStreams(one: VisitorSocket, other: VisitorSocket): void {
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!from.readableEnded) to.destroy();
      else if (!to.writableEnded) to.end();
    });
  }
}
