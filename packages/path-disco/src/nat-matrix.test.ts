import { expect, test } from 'vitest';
import { type NatKind, Tailnet } from '../test/tailnet.js';

const KINDS: readonly NatKind[] = ['none', 'full cone', 'port restricted', 'symmetric'];
const HARD = new Set(['symmetric × symmetric', 'symmetric × port restricted', 'port restricted × symmetric']);

for (const [a, b] of KINDS.flatMap((left) => KINDS.map((right) => [left, right] as const))) {
  const stays = HARD.has(`${a} × ${b}`);
  test(`E6: ${a} × ${b}: connected within two seconds, then ${stays ? 'the relay stays' : 'direct within five'}`, async () => {
    const net = new Tailnet();
    const [ann, bob] = [net.place({ nat: a }), net.place({ nat: b })];
    await net.start();
    expect(await net.ping(ann, bob)).toBeLessThanOrEqual(2_000);
    const flow = await net.flow(ann, bob);
    await net.clock.advanceAsync(5_000);
    expect([net.isDirect(ann, bob), net.isDirect(bob, ann)]).toEqual([!stays, !stays]);
    flow.stop();
    await net.close();
  });
}
