// @ts-check
// What a node does, seen from outside and switched on while it runs.
import { definePlugin, provide, Tokens, token } from '@heddle/core';
import { Metrics, metrics, metricValue, Pcap, pcap, TrafficLog, trafficLog } from '@heddle/metrics';
import { MetricsEndpoint, metricsEndpoint } from '@heddle/metrics/node';
import { twoMachines } from './machines.mjs';
import { lineCounter, memorySink } from './sinks.mjs';

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

// Packets and flows, into memory here: `await fileSink('node.pcapng')` of @heddle/metrics/node makes a file that Wireshark follows.
await ann.node.add(pcap());
await ann.node.add(trafficLog());
const [packets, lines] = [memorySink(), memorySink()];
const capture = ann.node.get(Pcap).start({ to: packets.sink });
const log = ann.node.get(TrafficLog).start({ to: lines.sink });
const port = await ann.node.flows.bindUdp?.({}, () => {});
port?.send(new TextEncoder().encode('hello'), { address: bob.address, port: 7 });
await ann.node.ping(bob.address);
await port?.close();
await Promise.all([capture.stop(), log.stop()]);
console.log(`captured ${capture.counts.written} packets in ${packets.bytes()} bytes of pcapng; logged:`);
console.log(lines.text().replace(/^/gm, '  ').trimEnd());
const recorded = capture.counts.written >= 4 && lineCounter(lines.text()) === 3;

await Promise.all([ann.node.close(), bob.node.close()]);
process.exitCode = recorded && sent >= 11 && text.includes('heddle_visits_counted_total 1') ? 0 : 1;

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
