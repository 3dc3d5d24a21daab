// @ts-check
// How soon a change of path stands in the text of a node's metrics.
import { metrics } from '@heddle/metrics';
import { MetricsEndpoint, metricsEndpoint } from '@heddle/metrics/node';

/** Milliseconds after which a change counts as never shown. */
const PATIENCE = 5_000;

/**
 * Switches metrics on, and looks from then on after each change of path for how long the endpoint does not tell of it.
 * @param {import('@heddle/core').HeddleNode} node
 */
export async function shownPaths(node) {
  await node.add(metrics());
  await node.add(metricsEndpoint());
  const { url } = node.get(MetricsEndpoint);
  // The first one of a process takes long.
  await (await fetch(url)).text();
  /** @type {{ path: string, reason: string, after: number, looks: number }[]} */
  const shown = [];
  let changes = 0;
  node.paths$.subscribe(({ primary, reason }) => {
    const path = kindOf(primary?.text ?? '');
    const change = ++changes;
    const begun = performance.now();
    let looks = 0;
    const look = async () => {
      looks += 1;
      const text = await (await fetch(url)).text();
      const after = performance.now() - begun;
      if (text.includes(`heddle_peers{path="${path}",reason=${JSON.stringify(reason)}} `) || after > PATIENCE)
        shown.push({ path, reason, after, looks });
      else if (change === changes) await look();
    };
    void look().catch((error) => process.stderr.write(`${error}\n`));
  });
  return { url, shown: () => shown };
}

/** @param {string} text */
function kindOf(text) {
  if (text.startsWith('udp:[')) return 'direct_ipv6';
  return text.startsWith('udp:') ? 'direct_ipv4' : text.startsWith('derp:') ? 'derp' : 'none';
}
