import { expect, test } from 'vitest';
import { EventLog } from '../log/event-log.js';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { SimNetwork } from './sim-network.js';
import { openSocket } from './udp-bench.js';

/** Everything that can go wrong at once, for a while. */
async function story(seed: number): Promise<EventLog> {
  const clock = new VirtualClock();
  const log = new EventLog();
  const net = new SimNetwork({ seed, clock, log });
  const random = new SeededRandom(seed);
  const home = net.lan('home');
  net.nat('nat', { inside: home, insideAddress: '10.0.0.1/24', outside: net.internet, outsideAddress: '203.0.113.1', timeout: 5_000 });
  const bad = { delay: 10, jitter: 10, loss: 0.1, duplicate: 0.1, reorder: 0.1, corrupt: 0.1, rate: 1_000_000, queue: 20_000 };
  const a = net.host('a', { ports: [{ on: home, addresses: ['10.0.0.2/24'], link: bad }] });
  const b = net.host('b', { ports: [{ on: net.internet, addresses: ['192.0.2.1'], link: bad }] });
  const [one, two] = [await openSocket(a), await openSocket(b, 7)];
  await b.streams.listen({ address: '192.0.2.1', port: 80 }, (flow) => flow.write(new Uint8Array(30_000)));
  await clock.settle(a.streams.connect({ host: 'b', port: 80 }, {}));
  for (let i = 0; i < 300; i++) {
    one.say('x'.repeat(random.integer(1_300)), { address: '192.0.2.1', port: 7 });
    const from = two.heard.at(-1)?.split(' ')[0]?.split(':');
    if (from !== undefined) two.say(`answer ${i}`, { address: from[0]!, port: Number(from[1]) });
    clock.advance(random.integer(40));
  }
  clock.advance(10_000);
  return log;
}

test('the same seed replays the same log, byte for byte; another seed does not', async () => {
  const [first, second, other] = [await story(7), await story(7), await story(8)];
  expect(first.count).toBeGreaterThan(1_500);
  expect(first.text).toBe(second.text);
  expect(first.hash).toBe(second.hash);
  expect(other.hash).not.toBe(first.hash);
});

test('a seed gives the log hash that another process recorded (change it with the rules of the network only)', async () => {
  expect((await story(7)).hash).toBe(RECORDED);
});

test('two networks in one process do not meet', async () => {
  const make = async () => {
    const clock = new VirtualClock();
    const net = new SimNetwork({ seed: 1, clock });
    return { clock, socket: await openSocket(net.host('a', { ports: [{ on: net.internet, addresses: ['192.0.2.1'] }] }), 7) };
  };
  const [one, two] = [await make(), await make()];
  one.socket.say('hi', { address: '192.0.2.1', port: 7 });
  one.clock.advance(1);
  two.clock.advance(1);
  expect([one.socket.heard.length, two.socket.heard.length]).toEqual([1, 0]);
});

const RECORDED = '14f2d27d531258fa';
