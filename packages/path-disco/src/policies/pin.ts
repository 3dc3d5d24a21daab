import { direct } from './direct.js';
import type { Policy } from './policy.js';

/** Packets go to this remote (`udp:192.0.2.1:41641`) for peers that have it among their places, whatever its health; others as `otherwise` says. */
export function pin(text: string, otherwise: Policy = direct): Policy {
  return (paths, now) => {
    const known = [...paths.candidates.map(({ remote }) => remote), ...paths.configured];
    const pinned = known.find((remote) => remote.text === text);
    return pinned === undefined ? otherwise(paths, now) : { primary: pinned, reason: 'pinned' };
  };
}
