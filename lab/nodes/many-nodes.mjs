// @ts-check
// Many Heddle nodes in one process, all in one tailnet.
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';
import { filter, firstValueFrom } from 'rxjs';
import { serve } from './control-channel.mjs';

/** @type {import('@heddle/core').HeddleNode[]} */
let nodes = [];

/** @param {{ url: string, authKey: string, count: number }} params */
async function start({ url, authKey, count }) {
  nodes = Array.from({ length: count }, (_, n) => {
    const hostname = `many-${n}`;
    return createNode({ hostname }, [ts2021({ url, authKey, hostname }), udp(), netstack()]);
  });
  await Promise.all(nodes.map((node) => node.start()));
  for (const node of nodes) await firstValueFrom(node.state$.pipe(filter(({ is }) => is === 'Running')));
}

/** How many peers each sees. */
function peers() {
  return Promise.all(nodes.map(async (node) => [...(await firstValueFrom(node.netmap$)).map.peers].length));
}

serve({
  start,
  peers,
  ping: ({ from, address }) => nodes[from]?.ping(address, { signal: AbortSignal.timeout(10_000) }),
  addresses: async () => Promise.all(nodes.map(async (node) => (await firstValueFrom(node.netmap$)).map.self?.addresses[0]?.split('/')[0])),
  memory: () => process.memoryUsage.rss(),
  close: () => Promise.all(nodes.map((node) => node.close())),
});
