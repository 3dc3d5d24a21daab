import type { Crypto } from '@heddle/crypto';
import type { Counters } from '../contracts/counters.js';
import type { Clock, Logger, Random } from '../contracts/surroundings.js';
import type { Underlay } from '../contracts/underlay.js';
import type { DropCounters } from '../drops/drop-counters.js';
import type { Identity } from '../identity/identity.js';
import type { Limits } from '../limits/limits.js';
import type { TailnetNames } from '../names/tailnet-names.js';
import type { Observers } from '../observation/observers.js';
import type { OfferKeeper } from '../offers/offer-keeper.js';
import type { SlabPool } from '../packets/slab-pool.js';
import type { PreferenceService } from '../preferences/preferences.js';

/** What the data plane is built from. */
export interface KernelServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly crypto: Crypto;
  readonly identity: Identity;
  readonly limits: Limits;
  readonly drops: DropCounters;
  readonly counters: Counters;
  readonly pool: SlabPool;
  readonly preferences: PreferenceService;
  readonly names: TailnetNames;
  readonly offers: OfferKeeper;
  /** Who looks at packets. */
  readonly observers: Observers;
  /** What there is of the machine's network. */
  readonly underlay: () => Underlay;
}
