import type { Rule } from '../foundation/rule.js';
import { decisionRules } from './decisions.js';
import type { PathSelectorHarness } from './harness.js';
import { observationRules } from './observations.js';
import { proberRules } from './probers.js';

/** What core relies on in a PathSelector. */
export const pathSelectorRules: readonly Rule<PathSelectorHarness>[] = [...decisionRules, ...proberRules, ...observationRules];
