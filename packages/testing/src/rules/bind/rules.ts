import type { Rule } from '../foundation/rule.js';
import { abortRules } from '../part/abort.js';
import { batchRules } from '../part/batches.js';
import { lifecycleRules } from '../part/lifecycle.js';
import { ownershipRules } from '../part/ownership.js';
import { streamRules } from '../part/streams.js';
import { turnRules } from '../part/turn.js';
import { BIND_WORDS } from './bind-bench.js';
import { flowControlRules } from './flow-control.js';
import type { BindHarness } from './harness.js';
import { lengthRules } from './lengths.js';
import { reentrancyRules } from './reentrancy.js';
import { relayRules } from './relays.js';
import { remoteRules } from './remotes.js';
import { bindRule } from './rule.js';
import { stateRules } from './state.js';
import { traitRules } from './traits.js';

/** All that core relies on in a Bind. */
export const bindRules: readonly Rule<BindHarness>[] = [
  ...traitRules,
  ...lifecycleRules(bindRule, BIND_WORDS),
  ...abortRules(bindRule, BIND_WORDS),
  ...remoteRules,
  ...streamRules(bindRule, BIND_WORDS),
  ...stateRules,
  ...batchRules(bindRule, BIND_WORDS),
  ...lengthRules,
  ...ownershipRules(bindRule, BIND_WORDS),
  ...flowControlRules,
  ...turnRules(bindRule, BIND_WORDS),
  ...reentrancyRules,
  ...relayRules,
];
