import { BehaviorSubject, type Observable } from 'rxjs';
import type { PeerService } from '../contracts/netmap.js';
import { type Ingress, NO_OFFERS, type Offer, type Offers, type OffersInForce } from './offers.js';

/** Keeps the offers of one node, and says what they come to. */
export class OfferKeeper implements Offers {
  readonly changes$: Observable<OffersInForce>;
  readonly #sum = new BehaviorSubject<OffersInForce>(NO_OFFERS);
  readonly #offers = new Set<{ readonly offer: Offer }>();

  constructor() {
    this.changes$ = this.#sum.asObservable();
  }

  get value(): OffersInForce {
    return this.#sum.value;
  }

  add(offer: Offer): () => void {
    const entry = { offer };
    this.#offers.add(entry);
    this.#tell();
    return () => {
      if (this.#offers.delete(entry)) this.#tell();
    };
  }

  #tell(): void {
    const next = sumOf([...this.#offers].map(({ offer }) => offer));
    if (JSON.stringify(next) !== JSON.stringify(this.value)) this.#sum.next(next);
  }
}

const STRENGTH: readonly Ingress[] = ['off', 'prepared', 'on'];

function sumOf(offers: readonly Offer[]): OffersInForce {
  const services = new Map<string, PeerService>();
  for (const service of offers.flatMap((offer) => offer.services ?? [])) services.set(`${service.protocol}:${service.port}`, service);
  const wishes = offers.map(({ ingress = 'off' }) => STRENGTH.indexOf(ingress));
  return {
    services: [...services.values()],
    admits: [...new Set(offers.flatMap((offer) => offer.admits ?? []))],
    ingress: STRENGTH[Math.max(0, ...wishes)]!,
  };
}
