import type { Flow } from '../../contracts/flows.js';
import type { Timers } from './quiet-timers.js';

/** As long as Linux waits for the other side of a socket that nobody has any more (tcp_fin_timeout). */
const LINGER = 60_000;
const SOME = 1024;

/**
 * Lets go of a flow as the kernel does of a closed socket: what was written is still delivered and then finished, and bytes
 * that nobody will read are answered with a reset.
 */
export function abandon(flow: Flow, timers: Timers): void {
  const into = new Uint8Array(SOME);
  let over = false;
  const giveUp = timers.at(timers.now() + LINGER, () => flow.reset());
  const look = (): void => {
    const count = over ? 0 : flow.read(into);
    if (count === 0) return;
    over = true;
    giveUp();
    flow.on({});
    if (count > 0) flow.reset();
    else flow.shutdown();
  };
  flow.on({ readable: look, closed: giveUp });
  look();
  // What is unread already has been answered; a finish before the reset would look like an orderly end.
  if (!over) flow.shutdown();
}
