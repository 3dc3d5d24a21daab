import type { Bytes, FlowLayer, UdpPort } from '@heddle/core';
import {
  createUpperLayer,
  decodeEcho,
  decodeUdp,
  encodeEcho,
  encodeIpv4,
  encodeUdp,
  findUpperLayer,
  PROTOCOL,
  parseAddress,
} from '@heddle/wire';
import { begin } from '../foundation/bench.js';
import { sameBytes } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { StackHarness } from './harness.js';
import { stackRule } from './rule.js';
import type { StackBench } from './stack-bench.js';

/** Which members of the flow layer a capability promises. */
const MEMBERS: Readonly<Record<string, readonly (keyof FlowLayer)[]>> = {
  'stack.tcp': ['connect', 'listen'],
  'stack.udp': ['bindUdp'],
  'stack.ping': ['ping'],
  'stack.intercept': ['intercept'],
};
const PORT = 7_007;

export const flowRules: readonly Rule<StackHarness>[] = [
  stackRule(
    'stack/offers',
    'The flow layer has exactly the members whose capability the plugin offers.',
    'The composition is checked by what plugins offer: a member that is missing is found when the first user calls it.',
    async (bench) => {
      const { offers } = bench.harness;
      if (offers === undefined) return;
      for (const [capability, members] of Object.entries(MEMBERS))
        for (const member of members) {
          const there = bench.stack.flows?.[member] !== undefined;
          expectThat(
            there === offers.includes(capability),
            `flows.${member} is ${there ? 'there' : 'missing'}, "${capability}" is ${there ? 'not ' : ''}offered`,
          );
        }
    },
  ),
  stackRule(
    'stack/ping',
    'ping emits an echo request and resolves with milliseconds when the reply comes; an abort rejects with its reason and leaves nothing.',
    'It is the first thing that anybody tries.',
    async (bench) => {
      const ping = bench.stack.flows?.ping?.bind(bench.stack.flows);
      if (ping === undefined) return;
      await bench.start();
      let milliseconds: number | undefined;
      bench.subject.inbox.onBatch = (batch) => replyToAll(bench, [...batch]);
      await bench.must('ping', async () => {
        milliseconds = await ping(bench.neighbour(4), {});
      });
      expectThat(Number.isFinite(milliseconds) && milliseconds! >= 0, `ping took ${milliseconds} ms`);
      bench.subject.inbox.onBatch = undefined;
      await expectAborted(bench, (signal) => ping(bench.neighbour(4), { signal }));
    },
  ),
  stackRule(
    'stack/ping-ends-with-close',
    'A ping that waits when the Stack closes is rejected.',
    'A promise that nobody settles keeps its caller waiting for ever.',
    async (bench) => {
      const ping = bench.stack.flows?.ping?.bind(bench.stack.flows);
      if (ping === undefined) return;
      await bench.start();
      const waiting = begin(() => ping(bench.neighbour(4), {}));
      await bench.settle();
      await bench.close();
      const { is } = await bench.outcomeOf(waiting);
      expectThat(is === 'rejected', `a ping that waited while the Stack closed is ${is}: it was forgotten`);
      await bench.expectNothingHeld('after a ping that was cut off');
    },
  ),
  stackRule(
    'stack/udp-sends',
    'A UDP port sends its datagrams as IP packets with the right ports and bytes, copied at once; what does not fit the MTU is not taken or is fragmented.',
    'DNS and QUIC use these ports; the caller reuses its buffer.',
    async (bench) => {
      if (bench.stack.flows?.bindUdp === undefined) return;
      await bench.start();
      const { port } = await bound(bench);
      const datagram = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff);
      const was = datagram.slice();
      bench.subject.inbox.clear();
      expectThat(port.send(datagram, { address: bench.neighbour(4), port: PORT }), 'the port did not take a datagram');
      datagram.fill(0xdb);
      await bench.until(() => udpOf(bench).length > 0);
      const [sent] = udpOf(bench);
      expectThat(sent !== undefined, 'no UDP packet came out of packets$');
      expectThat(
        sent.destinationPort === PORT && sent.sourcePort === port.at.port,
        `it went from port ${sent.sourcePort} to ${sent.destinationPort}`,
      );
      expectThat(sameBytes(sent.payload, was), 'the datagram was changed on its way: a lent buffer was kept, or it was truncated');
      port.send(new Uint8Array(bench.config.mtu + 100), { address: bench.neighbour(4), port: PORT });
      await bench.settle();
      const largest = Math.max(...bench.subject.inbox.arrivals.map(({ bytes }) => bytes.length));
      expectThat(
        largest <= bench.config.mtu,
        `a packet of ${largest} bytes was emitted, the configured MTU is ${bench.config.mtu}: wrong MTU`,
      );
    },
  ),
  stackRule(
    'stack/udp-receives',
    'A datagram to a bound port reaches its handler once, with bytes and sender; after close of the port, and for other ports, it does not.',
    'Datagrams for a closed port belong to nobody.',
    async (bench) => {
      if (bench.stack.flows?.bindUdp === undefined) return;
      await bench.start();
      const { port, received } = await bound(bench);
      bench.hand([udpPacket(bench, port.at.port, 'hello')]);
      bench.hand([udpPacket(bench, port.at.port ^ 1, 'not for you')]);
      await bench.settle();
      expectThat(received.length === 1, `the handler was called ${received.length} times for one datagram`);
      const from = `${bench.neighbour(4)}:${PORT}`;
      expectThat(received[0] === `hello from ${from}`, `it received "${received[0]}" instead of "hello from ${from}"`);
      await bench.must('close of the port', () => port.close());
      bench.hand([udpPacket(bench, port.at.port, 'too late')]);
      await bench.settle();
      expectThat(received.length === 1, 'a datagram was received after the port had been closed');
    },
  ),
  stackRule(
    'stack/udp-port-taken',
    'Two ports cannot be bound to the same address and number: the second bindUdp rejects.',
    'Otherwise two services share a port by accident, and each misses datagrams.',
    async (bench) => {
      if (bench.stack.flows?.bindUdp === undefined) return;
      await bench.start();
      const { port } = await bound(bench);
      const { is } = await bench.outcome(() => bench.stack.flows!.bindUdp!({ port: port.at.port }, () => {}));
      expectThat(is === 'rejected', `a second port ${port.at.port} was bound`);
    },
  ),
];

async function expectAborted(bench: StackBench, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const reason = new Error('given up');
  const waiting = begin(() => call(abort.signal));
  await bench.settle();
  abort.abort(reason);
  const outcome = await bench.outcomeOf(waiting);
  expectThat(
    outcome.is === 'rejected' && outcome.reason === reason,
    `an aborted ping is ${outcome.is}: it ignores the abort or has another reason`,
  );
}

/** Answers echo requests as the other node would. */
function replyToAll(bench: StackBench, packets: readonly Bytes[]): void {
  for (const packet of packets) {
    const echo = decodeEcho(packet);
    if (echo?.kind !== 'echo-request') continue;
    bench.hand([encodeEcho({ ...echo, kind: 'echo-reply', source: echo.destination, destination: echo.source })]);
  }
}

async function bound(bench: StackBench): Promise<{ port: UdpPort; received: string[] }> {
  const received: string[] = [];
  let port: UdpPort | undefined;
  await bench.must('bindUdp', async () => {
    port = await bench.stack.flows!.bindUdp!({}, (datagram, { address, port }) => {
      received.push(`${new TextDecoder().decode(datagram)} from ${address}:${port}`);
    });
  });
  return { port: port!, received };
}

function udpPacket(bench: StackBench, port: number, text: string): Bytes {
  const source = parseAddress(bench.neighbour(4))!;
  const destination = parseAddress(bench.own(4) ?? bench.neighbour(4))!;
  const payload = encodeUdp({ sourcePort: PORT, destinationPort: port, payload: new TextEncoder().encode(text) }, source, destination);
  const plain = { tos: 0, id: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64 };
  return encodeIpv4({ ...plain, protocol: PROTOCOL.UDP, source, destination, options: new Uint8Array(), payload });
}

function udpOf(bench: StackBench): { sourcePort: number; destinationPort: number; payload: Bytes }[] {
  const upper = createUpperLayer();
  return bench.subject.inbox.arrivals.flatMap(({ bytes }) => {
    if (!findUpperLayer(bytes, 0, bytes.length, upper) || upper.protocol !== PROTOCOL.UDP) return [];
    return decodeUdp(bytes.subarray(upper.at, upper.at + upper.length)) ?? [];
  });
}
