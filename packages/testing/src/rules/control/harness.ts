import type { Control } from '@heddle/core';
import type { BaseHarness } from '../foundation/bench.js';
import type { RuleTime } from '../foundation/rule-time.js';

/** A Control under test, with a server behind it that does as it is told. */
export interface ControlSetup {
  /** Made, not opened; it has a netmap to tell once it is open. */
  readonly control: Control;
  /** Makes the nth change of the map, from 0 on: a peer added, changed, removed, in turns. */
  change(n: number): void | Promise<void>;
  /** The server wants somebody to open this URL before the node may stay. Without it, nothing is known of logins. */
  askLogin?(url: string): void | Promise<void>;
  /** How time passes. Default: a virtual clock of the rules' own. */
  readonly time?: RuleTime;
  end?(): Promise<void> | void;
}

/** What an author tells the rules of a Control. */
export interface ControlHarness extends BaseHarness {
  /** A new Control each time. */
  make(): ControlSetup | Promise<ControlSetup>;
}
