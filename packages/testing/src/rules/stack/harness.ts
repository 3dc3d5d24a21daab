import type { Stack, StackConfig } from '@heddle/core';
import type { BaseHarness } from '../foundation/bench.js';
import type { RuleTime } from '../foundation/rule-time.js';

/** A Stack under test: made, not opened. */
export interface StackSetup {
  readonly stack: Stack;
  /** How time passes. Default: a virtual clock of the rules' own. */
  readonly time?: RuleTime;
  /** Takes down what the Stack stands on. */
  end?(): Promise<void> | void;
}

/** What an author tells the rules of a Stack. Only `make` is asked for. */
export interface StackHarness extends BaseHarness {
  /** A new Stack each time; nothing is shared between two calls. */
  make(): StackSetup | Promise<StackSetup>;
  /** What the Stack is configured with. Default: 10.0.0.1/24 and fd00::1/64, with routes to both nets, MTU 1420. */
  readonly config?: StackConfig;
  /**
   * `own`: it answers ICMP echo to its own addresses, as hosts do. `any`: it turns every echo around. `never`: it answers none, and the
   * rules use `emit`. Default `own`.
   */
  readonly answers?: 'own' | 'any' | 'never';
  /** Makes an open Stack emit this many packets; for Stacks that answer no echo. */
  readonly emit?: (stack: Stack, packets: number) => void;
  /** Capabilities that its plugin offers, such as `stack.ping`. Default: not checked. */
  readonly offers?: readonly string[];
  /** Packets that are more than the Stack holds back while paused. Default 8,192. */
  readonly queueLimit?: number;
}

export const STACK_CONFIG: StackConfig = {
  addresses: ['10.0.0.1/24', 'fd00::1/64'],
  routes: ['10.0.0.0/24', 'fd00::/64'],
  mtu: 1420,
};
