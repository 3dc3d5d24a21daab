import type { MakeRule } from '../foundation/rule.js';
import { ruleMaker } from '../foundation/rule.js';
import { BindBench } from './bind-bench.js';
import type { BindHarness } from './harness.js';

/** Makes a rule of a Bind. */
export const bindRule: MakeRule<BindHarness, BindBench> = ruleMaker(async (harness) => new BindBench(harness, await harness.make()));
