// @ts-check
import { chooseCrypto } from '@heddle/crypto';
import { EnginePair } from '../rigs/engine-pair.mjs';
import { SideBySide } from '../rigs/side-by-side.mjs';

/** A full packet of a usual tunnel. */
const LENGTH = 1_420;

/**
 * @param {string} name
 * @param {number} packets
 * @param {string} bound
 * @returns {import('../run.mjs').Case}
 */
function engineCase(name, packets, bound) {
  /** @type {SideBySide | undefined} */
  let bench;
  const measure = async (/** @type {'ours' | 'reference'} */ side) => {
    bench ??= start(packets);
    return bench.measure(side);
  };
  return {
    name,
    says: `two engines in memory, batches of ${packets}, ${LENGTH} bytes, against seal and open alone; CPU at most ${bound}`,
    unit: 'kpackets/s',
    better: 'higher',
    ours: () => measure('ours'),
    reference: () => measure('reference'),
  };
}

/** @param {number} packets */
function start(packets) {
  const pair = new EnginePair(chooseCrypto(), { packets, length: LENGTH });
  const bench = new SideBySide({ ours: () => pair.pass(), reference: () => pair.aead(), packets });
  // Once for V8 alone: the kernel is compiled well only after some hundred calls.
  bench.measure('ours');
  bench.measure('reference');
  return bench;
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [engineCase('engine', 64, '1.25x'), engineCase('engine-single', 1, '2x')];
