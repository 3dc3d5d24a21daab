import { type MakeRule, ruleMaker } from '../foundation/rule.js';
import type { StackHarness } from './harness.js';
import { StackBench } from './stack-bench.js';

/** Makes a rule of a Stack. */
export const stackRule: MakeRule<StackHarness, StackBench> = ruleMaker(async (harness) => new StackBench(harness, await harness.make()));

/** Makes a rule that only a Stack which answers echoes can be held to. */
export const echoRule: MakeRule<StackHarness, StackBench> = (id, says, why, body) =>
  stackRule(id, says, why, async (bench) => {
    if (bench.answers) await body(bench);
  });
