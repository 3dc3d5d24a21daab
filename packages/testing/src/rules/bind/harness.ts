import type { Bind } from '@heddle/core';
import type { BaseHarness } from '../foundation/bench.js';
import type { RuleTime } from '../foundation/rule-time.js';

/** Two Binds of one kind that can reach each other; made, not opened. */
export interface BindPair {
  readonly a: Bind;
  readonly b: Bind;
  /** A third one, if it is no trouble: shows mixed sources. */
  readonly c?: Bind;
  /** The remote text under which the others reach it; asked when it is open. Default: its first local endpoint. */
  readonly toA?: () => string;
  readonly toB?: () => string;
  /** How time passes. Default: a virtual clock of the rules' own. */
  readonly time?: RuleTime;
  /** Takes down what the pair stands on, such as a relay. */
  end?(): Promise<void> | void;
}

/** What an author tells the rules of a Bind. Only `make` is asked for. */
export interface BindHarness extends BaseHarness {
  /** New Binds each time; nothing is shared between two calls. */
  make(): BindPair | Promise<BindPair>;
  /** Datagrams may get lost on the way. Default: none does while queues have room. */
  readonly lossy?: boolean;
  /** What was accepted may get lost beyond the Bind when too much comes at once, as in the kernel's UDP buffers. Default: never uncounted. */
  readonly overflows?: boolean;
  /** Datagrams may overtake each other. Default: never. */
  readonly unordered?: boolean;
  /** Packets that are more than any queue of the Bind holds. Default: 32,768. */
  readonly queueLimit?: number;
  /** The nth of many remote texts, all different. Default: names, then addresses, whichever parse accepts. */
  readonly places?: (n: number) => string;
}
