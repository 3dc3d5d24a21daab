import type { PathSelector } from '@heddle/core';
import type { BaseHarness } from '../foundation/bench.js';
import type { RuleTime } from '../foundation/rule-time.js';

/** What an author tells the rules of a PathSelector. */
export interface PathSelectorHarness extends BaseHarness {
  /** A new PathSelector each time. */
  make(): PathSelector | Promise<PathSelector>;
  /** How time passes. Default: a virtual clock of the rules' own. */
  readonly time?: () => RuleTime;
}
