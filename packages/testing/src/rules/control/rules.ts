import type { Rule } from '../foundation/rule.js';
import type { ControlHarness } from './harness.js';
import { lifeRules } from './life.js';
import { netmapRules } from './netmap.js';

/** What core relies on in a Control. */
export const controlRules: readonly Rule<ControlHarness>[] = [...lifeRules, ...netmapRules];
