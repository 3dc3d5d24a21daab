import { expect, test } from 'vitest';
import { counting } from '../../test/keys.js';
import { PeerProber } from './peer-prober.js';

test('whatever fractions the clock shows, what was due is done: the next deadline is never the same for long', () => {
  let longest = 0;
  for (let i = 1; i <= 100; i++) {
    const prober = new PeerProber(0, counting());
    let now = i * 123.456_789_012_3;
    prober.handle(now, { type: 'peer', endpoints: ['a', 'b'], relay: 'relay:home', newKey: false });
    prober.handle(now, { type: 'wanted' });
    let same = 0;
    for (let sent = 0; sent < 200; sent++) {
      const next = Math.max(now, prober.nextDeadline(now));
      same = next > now ? 0 : same + 1;
      longest = Math.max(longest, same);
      now = next;
      const answers = prober.tick(now, { primary: 'a', sent, heard: 0 }).filter(({ type }) => type === 'ping');
      for (const ping of sent < 30 ? answers : [])
        if ('txId' in ping && ping.type === 'ping') prober.handle(now, { type: 'pong', from: ping.to, relay: false, txId: ping.txId });
    }
  }
  expect(longest).toBeLessThan(5);
});
