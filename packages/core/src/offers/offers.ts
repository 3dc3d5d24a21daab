import type { PeerService } from '../contracts/netmap.js';

/** Whether connections from the internet are wanted: not, only to be prepared for, or now. */
export type Ingress = 'off' | 'prepared' | 'on';

/** Something that a part of this node offers to others. */
export interface Offer {
  /** What peers are told, such as this node's PeerAPI. */
  readonly services?: readonly PeerService[];
  /** TCP ports of this node's own addresses where connections pass whatever the filter says: who listens there decides. */
  readonly admits?: readonly number[];
  /** What control is told about connections from the internet. */
  readonly ingress?: Ingress;
}

/** What the parts of this node offer, told to control and to the packet filter. */
export interface Offers {
  /** Holds from now on, whatever becomes of addresses, Stack and control, until the returned function is called. */
  add(offer: Offer): () => void;
}

/** All offers of a node as one. */
export type OffersInForce = Required<Offer>;

export const NO_OFFERS: OffersInForce = { services: [], admits: [], ingress: 'off' };
