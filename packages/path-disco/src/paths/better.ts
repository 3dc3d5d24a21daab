import { type AddressClass, addressBytes, classOf } from './address-class.js';

/** What is compared of a path. */
export interface Comparable {
  /** Where it leads; undefined for a relay. */
  readonly address: string;
  readonly relay: boolean;
  /** Milliseconds. */
  readonly latency: number;
  /** Largest datagram on the wire, where it was measured. */
  readonly mtu?: number;
}

const NEARNESS: Readonly<Record<AddressClass, number>> = { loopback: 50, 'link-local': 30, private: 20, public: 0 };
const IPV6 = 10;
const NANOSECONDS = 1_000_000;

/** True when path a should be used instead of b, as Tailscale's clients decide it. */
export function better(a: Comparable | undefined, b: Comparable | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  if (a.address === b.address && a.relay === b.relay) return (a.mtu ?? 0) > (b.mtu ?? 0);
  if (a.relay !== b.relay) return b.relay;
  const [forA, forB] = points(a, b);
  return forA <= 1 && forB === 0 ? false : forA > forB;
}

/** The percentage by which each is faster than the other, and what it gets for being near. */
export function points(a: Comparable, b: Comparable): readonly [number, number] {
  return [gain(a, b) + nearness(a), gain(b, a) + nearness(b)];
}

/** Integer division of integer nanoseconds, so that equal inputs decide equally everywhere. */
function gain(fast: Comparable, slow: Comparable): number {
  const [f, s] = [Math.round(fast.latency * NANOSECONDS), Math.round(slow.latency * NANOSECONDS)];
  return f < s ? 100 - Math.floor((100 * f) / s) : 0;
}

function nearness({ address, relay }: Comparable): number {
  const bytes = relay ? undefined : addressBytes(address);
  if (bytes === undefined) return 0;
  return NEARNESS[classOf(bytes)] + (bytes.length === 16 ? IPV6 : 0);
}
