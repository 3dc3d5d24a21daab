import type { Rule } from '../foundation/rule.js';
import { abortRules } from '../part/abort.js';
import { batchRules } from '../part/batches.js';
import { lifecycleRules } from '../part/lifecycle.js';
import { ownershipRules } from '../part/ownership.js';
import { streamRules } from '../part/streams.js';
import { turnRules } from '../part/turn.js';
import { configurationRules } from './configuration.js';
import { flowRules } from './flows.js';
import type { StackHarness } from './harness.js';
import { packetRules } from './packets.js';
import { pauseRules } from './pausing.js';
import { stackReentrancyRules } from './reentrancy.js';
import { echoRule, stackRule } from './rule.js';
import { STACK_WORDS } from './stack-bench.js';

/** All that core relies on in a Stack. */
export const stackRules: readonly Rule<StackHarness>[] = [
  ...packetRules,
  ...lifecycleRules(stackRule, STACK_WORDS),
  ...abortRules(stackRule, STACK_WORDS),
  ...streamRules(stackRule, STACK_WORDS),
  ...batchRules(echoRule, STACK_WORDS),
  ...ownershipRules(echoRule, STACK_WORDS),
  ...configurationRules,
  ...pauseRules,
  ...turnRules(stackRule, STACK_WORDS),
  ...stackReentrancyRules,
  ...flowRules,
];
