import { batchMutants } from './bind/batches.js';
import type { BindMutant } from './bind/bind-mutant.js';
import { lifecycleMutants } from './bind/lifecycle.js';
import { loadMutants } from './bind/load.js';
import { ownershipMutants } from './bind/ownership.js';
import { rareMutants } from './bind/rare.js';
import { relayMutants } from './bind/relays.js';
import { remoteMutants } from './bind/remotes.js';
import { streamMutants } from './bind/streams.js';
import { turnMutants } from './bind/turn.js';
import { wrappedMutants } from './bind/wrapped.js';

/** Broken Binds, each with the rule that finds it. */
export const bindMutants: readonly BindMutant[] = [
  ...lifecycleMutants,
  ...streamMutants,
  ...remoteMutants,
  ...rareMutants,
  ...loadMutants,
  ...batchMutants,
  ...ownershipMutants,
  ...turnMutants,
  ...relayMutants,
  ...wrappedMutants,
];
