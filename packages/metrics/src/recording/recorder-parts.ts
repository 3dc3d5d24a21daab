import { type Clock, type Counters, type HeddleNode, type Observation, type Token, Tokens } from '@heddle/core';

/** What a service that records needs of its node. */
export interface RecorderParts {
  readonly observation: Observation;
  readonly node: HeddleNode;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** The tokens of those parts, in the order in which partsOf takes them. */
export const RECORDER_NEEDS: readonly [Token<Observation>, Token<HeddleNode>, Token<Clock>, Token<Counters>] = [
  Tokens.Observation,
  Tokens.Node,
  Tokens.Clock,
  Tokens.Counters,
];

export function partsOf(observation: Observation, node: HeddleNode, clock: Clock, counters: Counters): RecorderParts {
  return { observation, node, clock, counters };
}
