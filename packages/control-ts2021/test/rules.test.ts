import { controlRules, nodeHost, runRules, VirtualClock, virtualTime } from '@heddle/testing';
import { test } from 'vitest';
import { Bench } from './bench.js';
import { peerNode, SELF } from './memory-server.js';

/** The map after the nth change: a peer added, changed, removed, in turns. */
function frameOf(n: number): object {
  const id = 2 + Math.floor(n / 3);
  if (n % 3 === 0) return { PeersChanged: [peerNode(id)] };
  if (n % 3 === 1) return { PeersChangedPatch: [{ NodeID: id, Online: true }] };
  return { PeersRemoved: [id] };
}

runRules(test, controlRules, {
  host: nodeHost(process),
  make: () => {
    const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
    const bench = new Bench({ authKey: 'k', clock });
    bench.server.poll = () => ({ first: { Node: SELF, Peers: [peerNode(200)] } });
    const askLogin = (url: string): void => {
      bench.server.register = () => bench.server.json({ AuthURL: url });
      void bench.control.login().catch(() => {});
    };
    return { control: bench.control, change: (n) => bench.server.send(frameOf(n)), askLogin, time: virtualTime(clock) };
  },
});
