import type { Remote } from '@heddle/core';
import { latest } from '../foundation/latest.js';
import { sameBytes } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { BindBench } from './bind-bench.js';
import type { BindHarness } from './harness.js';
import { numberOf, payloads } from './payload.js';
import { bindRule } from './rule.js';

const KEY = 32;
const BATCH = 64;
const LENGTH = 300;

/** What a Bind promises when datagrams pass through somebody else's machine, and what is left to such Binds alone. */
export const relayRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/relay-endpoints',
    'The local endpoints of a relaying Bind have the kind relay, and no others have it.',
    'Control and disco tell peers where to send directly, and where through a relay: a relay that passes for a direct place is probed and trusted as one.',
    async (bench) => {
      await bench.start();
      const { relay } = bench.b.part.traits;
      for (const { remote, kind } of latest(bench.b.part.localEndpoints$) ?? [])
        expectThat((kind === 'relay') === relay, `traits.relay is ${relay}, and the endpoint "${remote.text}" has the kind "${kind}"`);
    },
  ),
  bindRule(
    'bind/relay-remotes',
    'A remote behind a relay has no ip, and a nodeKey only a remote behind a relay has: 32 bytes, of one peer each.',
    'Whoever calls by relay is believed because the relay vouches for its key, and addresses are probed: a key or an address that is made up misleads both.',
    async (bench) => {
      await bench.start();
      await bench.flows(1, 'so that a remote was received:');
      const received = bench.b.inbox.arrivals.flatMap(({ remote }) => remote ?? []);
      for (const remote of [...placesSeenBy(bench), ...received]) expectVouched(remote, bench.b.part.traits.relay);
    },
  ),
  bindRule(
    'bind/relay-sources',
    'Peers behind one relay are apart: each has an id, a limitKey and, where it is known, a nodeKey of its own.',
    'Cookies go by the id and limits by the limitKey: a key that all peers of a relay share lets one of them use up what all may send.',
    async (bench) => {
      await bench.start();
      const places = placesSeenBy(bench);
      for (const [i, one] of places.entries())
        for (const other of places.slice(i + 1)) {
          expectThat(!sameBytes(one.id, other.id), `${one.text} and ${other.text} have the same id`);
          const apart = !bench.b.part.traits.relay || one.limitKey !== other.limitKey;
          expectThat(
            apart,
            `${one.text} and ${other.text} have the same limitKey "${one.limitKey}": limits of all peers of a relay are one`,
          );
          const twins = one.nodeKey !== undefined && other.nodeKey !== undefined && sameBytes(one.nodeKey, other.nodeKey);
          expectThat(!twins, `${one.text} and ${other.text} have the same nodeKey: the relay vouches for one of them only`);
        }
    },
  ),
  bindRule(
    'bind/relay-keeps-newest',
    'When a relaying Bind has taken more than its queue holds, the oldest packets go: the last that it took arrives.',
    'A relay pauses nobody, so that its queue is full of the past: a queue that drops the newest delivers what nobody waits for any more.',
    async (bench) => {
      await bench.start();
      if (!bench.a.part.traits.relay || bench.lossy || bench.harness.overflows) return;
      const last = flood(bench);
      await bench.untilQuiet(() => bench.b.inbox.count);
      const arrived = bench.b.inbox.arrivals.some(({ bytes }) => numberOf(bytes) === last);
      expectThat(
        last === undefined || arrived,
        'of a flood the last packet that send took was dropped: it drops the newest, not the oldest',
      );
    },
  ),
];

/** What b calls the others, and itself. */
function placesSeenBy(bench: BindBench): Remote[] {
  return bench.sides.flatMap((side) => bench.place(bench.b, side) ?? []);
}

function expectVouched({ text, ip, nodeKey }: Remote, relay: boolean): void {
  expectThat(!relay || ip === undefined, `${text} lies behind a relay and has the ip ${ip?.address}: that is faked`);
  expectThat(relay || nodeKey === undefined, `${text} has a nodeKey, and no relay vouches for it`);
  expectThat(nodeKey === undefined || nodeKey.length === KEY, `the nodeKey of ${text} has ${nodeKey?.length} bytes, not ${KEY}`);
}

/** Sends 4,096 packets without giving anybody a turn; the number of the last one that was taken. */
function flood(bench: BindBench): number | undefined {
  let last: number | undefined;
  for (let sent = 0; sent < 4_096; sent += BATCH) {
    const numbers = bench.numbers(BATCH);
    const taken = bench.hand(payloads(numbers, LENGTH));
    if (taken > 0) last = numbers[taken - 1];
  }
  return last;
}
