// The same seed gives the same log hash in two processes. Needs the built packages; exits with 1 when the hashes differ.
//
//   node packages/testing/test/replay.mjs           runs the story in two processes and compares
//   node packages/testing/test/replay.mjs --once 7  runs it here and prints the hash
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SEEDS = ['1', '7', 'a word'];

if (process.argv[2] === '--once') console.log(await story(process.argv[3]));
else compare();

function compare() {
  const run = (seed) => execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--once', seed], { encoding: 'utf8' }).trim();
  for (const seed of SEEDS) {
    const [first, second] = [run(seed), run(seed)];
    console.log(`seed ${seed}: ${first} and ${second}`);
    if (first !== second) process.exitCode = 1;
  }
}

/** Three nodes with keys, handshakes and pings over a bad line, and a NAT with sockets and a stream. */
async function story(seed) {
  const testing = await import('@heddle/testing');
  const { createNode, through, Tokens } = await import('@heddle/core');
  const { EventLog, MemoryControl, MemoryNetwork, SeededRandom, SimNetwork, VirtualClock, lossy, memory, memoryControl, memoryStack } =
    testing;
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const log = new EventLog();
  const network = new MemoryNetwork({ delay: 10, log });
  const controls = [];
  const nodes = ['a', 'b', 'c'].map((name) => {
    const control = new MemoryControl();
    controls.push(control);
    const line = lossy({ drop: 0.05, dup: 0.05, reorder: 0.05, jitter: 5 });
    const random = new SeededRandom(seed).fork(name);
    return createNode({ hostname: name, clock, random }, [memoryControl(control), through(memory({ network, name }), line), memoryStack()]);
  });
  await clock.settle(Promise.all(nodes.map((node) => node.start())));
  const peers = nodes.map((node, i) => {
    const name = 'abc'[i];
    const nodeKey = node.get(Tokens.Identity).nodeKey.publicKey;
    return { id: name, name, nodeKey, addresses: [`10.0.0.${i}`], allowedIps: [`10.0.0.${i}/32`], endpoints: [`mem:${name}`] };
  });
  for (const [i, control] of controls.entries()) {
    control.set({ self: { name: 'abc'[i], addresses: [`10.0.0.${i}/24`] }, peers: peers.filter((_, k) => k !== i) });
  }
  for (let round = 0; round < 20; round++) {
    for (const node of nodes) for (const { name } of peers) void node.ping(name).catch(() => {});
    await clock.advanceAsync(20_000);
  }
  await clock.settle(Promise.all(nodes.map((node) => node.close())));
  await sockets(new SimNetwork({ seed, clock, log }), clock);
  return `${log.count} ${log.hash}`;
}

async function sockets(net, clock) {
  const home = net.lan('home');
  net.nat('nat', { inside: home, insideAddress: '10.0.0.1/24', outside: net.internet, outsideAddress: '203.0.113.1' });
  const link = { delay: 10, jitter: 5, loss: 0.1, duplicate: 0.05, reorder: 0.05, corrupt: 0.05, rate: 2_000_000 };
  const inner = net.host('inner', { ports: [{ on: home, addresses: ['10.0.0.2/24'], link }] });
  const server = net.host('server', { ports: [{ on: net.internet, addresses: ['192.0.2.1'], link }] });
  const echo = await server.udp.open({ family: 4, port: 7, message: (b, a, p) => echo.send(b, 0, b.length, p, a), fault: () => {} });
  const socket = await inner.udp.open({ family: 4, port: 0, message: () => {}, fault: () => {} });
  for (let i = 0; i < 200; i++) clock.at(clock.now() + i, () => socket.send(new Uint8Array(i + 1), 0, i + 1, 7, '192.0.2.1'));
  await server.streams.listen({ address: '192.0.2.1', port: 80 }, (flow) => flow.write(new Uint8Array(50_000)));
  await clock.settle(inner.streams.connect({ host: 'server', port: 80 }, {}));
  await clock.advanceAsync(30_000);
}
