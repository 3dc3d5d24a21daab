// @ts-check
// A policy of one's own. It is asked when something was measured or has changed, never for a packet, and it only looks.
import { direct } from '@heddle/path-disco';

/**
 * Stays off the metered network as long as any other path answers in a bearable time; then does what the default would.
 * @param {{ metered: string, bearable: number }} options
 * @returns {import('@heddle/path-disco').Policy}
 */
export function saveMoney({ metered, bearable }) {
  return (paths, now) => {
    const free = paths.candidates
      .filter(({ remote }) => remote.scheme !== metered)
      .filter(({ latency, trustedUntil }) => latency !== undefined && latency <= bearable && now < trustedUntil)
      .toSorted((a, b) => (a.latency ?? 0) - (b.latency ?? 0));
    const [cheapest] = free;
    return cheapest === undefined ? direct(paths, now) : { primary: cheapest.remote, reason: 'costs nothing and is fast enough' };
  };
}
