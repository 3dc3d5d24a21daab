import type { Flow } from '@heddle/core';
import { expect, test } from 'vitest';
import { TwoHosts } from '../test/two-hosts.js';

const COUNT = 10_000;
const PORTS = 50;

test('10,000 short connections one after the other: none is lost, and none waits for ports that rest in TIME-WAIT at the server', () => {
  const two = new TwoHosts({ delay: 1 }, 5);
  two.listen(answerAndFinish);
  let slowest = 0;
  let answered = 0;
  let unanswered = 0;
  for (let i = 0; i < COUNT; i++) {
    const began = two.clock.now();
    let isOver = false;
    two.open(50_000 + (i % PORTS), (flow) =>
      ask(
        flow,
        (answer) => (answered += answer),
        () => (isOver = true),
      ),
    );
    if (!two.until(() => isOver, 10_000)) unanswered += 1;
    slowest = Math.max(slowest, two.clock.now() - began);
  }
  expect(unanswered).toBe(0);
  expect(answered).toBe(COUNT);
  expect(slowest).toBeLessThan(50);
  expect(two.hosts[1].tcp.count).toBeLessThanOrEqual(PORTS);
});

/** The server finishes first, so that its side is the one that rests. */
function answerAndFinish(flow: Flow): void {
  const into = new Uint8Array(16);
  flow.on({
    readable: () => {
      if (flow.read(into) <= 0) return;
      flow.write(Uint8Array.of(1));
      flow.shutdown();
    },
  });
}

function ask(flow: Flow, got: (answer: number) => void, closed: () => void): void {
  const into = new Uint8Array(16);
  flow.on({
    readable: () => {
      for (let n = flow.read(into); n !== 0; n = flow.read(into)) {
        if (n < 0) return flow.shutdown();
        got(into[0]!);
      }
    },
    closed,
  });
  flow.write(Uint8Array.of(9));
}
