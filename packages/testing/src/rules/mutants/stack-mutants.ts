import { flowMutants } from './stack/flows.js';
import { lifeMutants } from './stack/life.js';
import { ownershipMutants } from './stack/ownership.js';
import { pressedMutants } from './stack/pressed.js';
import { rareMutants } from './stack/rare.js';
import type { StackMutant } from './stack/stack-mutant.js';
import { trafficMutants } from './stack/traffic.js';
import { wrappedMutants } from './stack/wrapped.js';

/** Broken Stacks, each with the rule that finds it. */
export const stackMutants: readonly StackMutant[] = [
  ...lifeMutants,
  ...trafficMutants,
  ...ownershipMutants,
  ...flowMutants,
  ...rareMutants,
  ...pressedMutants,
  ...wrappedMutants,
];
