// @ts-check
import { directly, INNER } from '../../lab/lib/tunnel.mjs';
import { SINK, threeStacks } from '../../lab/stories/socket-comparison.mjs';

const COUNT = 1_000;
const DEADLINE = 100_000;
/** tsnet has been seen to wait 63 s for a port in TIME-WAIT. */
const STALL = 1_000;

/**
 * @param {import('../../lab/lib/lab.mjs').Lab} lab
 * @param {'linux' | 'ours'} which
 */
async function opened(lab, which) {
  const stack = (await threeStacks(await directly(lab), 'bbr'))[which];
  const task = { host: INNER.b[4], port: SINK };
  const thousand = async () => {
    const { taken } = await stack.request('connects', { ...task, count: COUNT }, { deadline: DEADLINE });
    return /** @type {number[]} */ (taken).sort((x, y) => x - y);
  };
  const first = await thousand();
  const sorted = await thousand();
  const [p50, p99] = [COUNT / 2, COUNT * 0.99].map((at) => Number(sorted[at]));
  const most = Math.max(Number(first.at(-1)), Number(sorted.at(-1)));
  const cold = Number(first[COUNT / 2]);
  console.log(
    `    ${which}: p50 ${p50?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms, longest ${most.toFixed(1)} ms; in a new process p50 ${cold.toFixed(2)} ms`,
  );
  if (most > STALL) throw new Error(`a connection took ${most} ms to open`);
  return { value: Number(p50) };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'connections',
    says: `${COUNT} connections in a row over a session that is up, to Node behind wireguard-go over veth, p50 of the time to open: node.connect() against net.connect() through wireguard-go; at most 1.5x, none may stall. The first ${COUNT} of a process are shown and not compared: V8 has not compiled them yet`,
    unit: 'ms',
    better: 'lower',
    needsLab: true,
    ours: (lab) => opened(lab, 'ours'),
    reference: (lab) => opened(lab, 'linux'),
  },
];
