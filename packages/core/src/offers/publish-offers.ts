import type { SelfUpdate } from '../contracts/control.js';
import type { OfferKeeper } from './offer-keeper.js';
import { NO_OFFERS, type OffersInForce } from './offers.js';

/** Tells control what this node offers: first what there is, then each change. Returns the end of it. */
export function publishOffers(offers: OfferKeeper, publish: (update: SelfUpdate) => void): () => void {
  let told: OffersInForce = NO_OFFERS;
  const subscription = offers.changes$.subscribe((next) => {
    const update = updateFrom(told, next);
    told = next;
    if (Object.keys(update).length > 0) publish(update);
  });
  return () => subscription.unsubscribe();
}

function updateFrom(before: OffersInForce, { services, ingress }: OffersInForce): SelfUpdate {
  return {
    ...(JSON.stringify(services) !== JSON.stringify(before.services) && { services }),
    ...(ingress !== before.ingress && { ingress }),
  };
}
