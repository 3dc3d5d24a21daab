import type { UapiSet } from '@heddle/control-static';
import { describe, expect, test } from 'vitest';
import { UapiSession } from './uapi-session.js';

/** A session with a device whose changes take as long as the test wants. */
function bench() {
  const answers: string[] = [];
  const held: boolean[] = [];
  const pending: ((errno: number) => void)[] = [];
  let ended = 0;
  const session = new UapiSession({
    device: { get: () => 'errno=0\n\n', set: (_: UapiSet) => new Promise((resolve) => pending.push(resolve)) },
    answer: async (text) => {
      answers.push(text);
    },
    end: () => {
      ended += 1;
    },
    hold: (on) => held.push(on),
    log: () => undefined,
  });
  const push = (text: string): void => session.push(new TextEncoder().encode(text));
  return { session, answers, held, pending, push, ended: () => ended };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('one connection of wg', () => {
  test('answers come in the order of the requests, also when the first takes longer', async () => {
    const { answers, pending, push } = bench();
    push('set=1\nlisten_port=1\n\nget=1\n\n');
    await turn();
    expect(answers).toEqual([]);
    pending[0]?.(-98);
    await turn();
    expect(answers).toEqual(['errno=-98\n\n', 'errno=0\n\n']);
  });

  test('a bad line is answered with its errno, once, and the connection goes on', async () => {
    const { answers, pending, push } = bench();
    push('set=1\nnonsense=1\nnonsense=2\n\nget=1\n\n');
    await turn();
    expect(answers).toEqual(['errno=-22\n\n', 'errno=0\n\n']);
    expect(pending).toEqual([]);
  });

  test('who says no more still gets the answers, and then the end', async () => {
    const { session, answers, pending, push, ended } = bench();
    push('set=1\nlisten_port=1\n\n');
    session.finish();
    await turn();
    expect(ended()).toBe(0);
    pending[0]?.(0);
    await turn();
    expect([answers, ended()]).toEqual([['errno=0\n\n'], 1]);
  });

  test('reading stops while many requests wait, and goes on when they are answered', async () => {
    const { held, pending, push } = bench();
    push('set=1\n\n'.repeat(70));
    expect(held.at(-1)).toBe(true);
    for (let n = 0; n < 70; n++) {
      await turn();
      pending[n]?.(0);
    }
    await turn();
    expect(held.at(-1)).toBe(false);
  });
});
