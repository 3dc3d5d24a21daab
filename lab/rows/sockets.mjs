// @ts-check
// Sockets that pass for Node's own: real clients and servers on a node of ours, with real ones behind wireguard-go.
import { directly } from '../lib/tunnel.mjs';
import { bytesOf, CONDITIONS, compareWithLinux } from '../stories/socket-comparison.mjs';
import { CLIENT_STORIES, runClient, SERVER_STORIES, sides } from '../stories/sockets.mjs';

const SECONDS = 150;

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  ...CLIENT_STORIES.map((story) => ({
    id: `sockets-client-${story.id}`,
    says: `${story.says}, unmodified over our node: keep-alive, abort, a large body both ways, a refused port`,
    seconds: SECONDS,
    run: (/** @type {import('../lib/lab.mjs').Lab} */ lab) => runClient(lab, story),
  })),
  .../** @type {const} */ (['bbr', 'cubic']).flatMap((congestion) =>
    Object.entries(CONDITIONS).map(([name, condition]) => ({
      id: `sockets-versus-linux-${congestion}-${name}`,
      says: `${bytesOf(congestion, condition) / 1e6} MB both ways, 40 ms away, ${congestion} on both sides, ${condition.says}${condition.bounded ? ': at most 1.25 times as long as Linux to Linux' : ''}`,
      long: true,
      seconds: 1_800,
      run: (/** @type {import('../lib/lab.mjs').Lab} */ lab) => compareWithLinux(lab, congestion, condition),
    })),
  ),
  ...SERVER_STORIES.map((story) => ({
    id: `sockets-server-${story.id}`,
    says: `${story.says} behind wireguard-go: keep-alive, abort, 100 MB both ways, a refused port`,
    seconds: SECONDS,
    run: async (/** @type {import('../lib/lab.mjs').Lab} */ lab) => story.run(lab, await sides(await directly(lab))),
  })),
];
