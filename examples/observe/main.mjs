// @ts-check
// What a node does, seen from outside and switched on while it runs.
import { definePlugin, provide, Tokens, token } from '@heddle/core';
import { Metrics, metrics, metricValue } from '@heddle/metrics';
import { MetricsEndpoint, metricsEndpoint } from '@heddle/metrics/node';
import { twoMachines } from './machines.mjs';

const { ann, bob } = await twoMachines();
await ann.node.ping(bob.address);

// Numbers: the node runs already, and its connections do not notice.
await ann.node.add(metrics());
await ann.node.add(metricsEndpoint());
await ann.node.add(visits());
for (let i = 0; i < 10; i++) await ann.node.ping(bob.address);

const { url } = ann.node.get(MetricsEndpoint);
const text = await (await fetch(url)).text();
console.log(`GET ${url}`);
for (const line of text.split('\n')) if (/^heddle_(outbound_packets|peers|handshakes|visits)/.test(line)) console.log(`  ${line}`);

const sent = metricValue(ann.node.get(Metrics).snapshot(), 'heddle_outbound_packets_total', { path: 'mem' }) ?? 0;
await Promise.all([ann.node.close(), bob.node.close()]);
process.exitCode = sent >= 11 && text.includes('heddle_visits_counted_total 1') ? 0 : 1;

/** A plugin with a number of its own. */
function visits() {
  const Visits = token('example/Visits');
  return definePlugin({
    name: 'visits',
    provides: [
      provide(Visits, [Tokens.Counters], (counters) => {
        counters.show('visits', { name: 'counted', type: 'counter', says: 'Visitors so far.', read: () => 1 });
        return {};
      }),
    ],
  });
}
