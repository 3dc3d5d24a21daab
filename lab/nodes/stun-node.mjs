// @ts-check
// A Heddle node that finds out how others see it: static control, UDP with relays by hand, and a tiny IP host as its Stack.
import { StaticControl, staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';
import { memoryStack } from '@heddle/testing';
import { Netcheck, udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';

/** @type {{ config: import('@heddle/control-static').StaticConfig, port: number, regions: import('@heddle/core').RelayRegion[] }} */
const { config, port, regions } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const relays = { regions: new Map(regions.map((region) => [region.id, region])) };
const node = createNode({ hostname: 'lab' }, [staticControl(config), udp({ port, relays }), memoryStack()]);

serve({
  endpoints: () => (node.get(StaticControl).published.endpoints ?? []).map(({ kind, remote }) => ({ kind, text: remote.text })),
  check: async () => {
    const report = await node.get(Netcheck).check(AbortSignal.timeout(10_000));
    return { ...report, latencies: [...report.latencies] };
  },
  peers: () => node.status().peers.map(({ path, lastHandshake }) => ({ path, lastHandshake })),
  poke: () => node.poke(),
  status: () => node.status(),
  close: () => node.close(),
});
await node.start();
