import type { LocalEndpoint } from '../contracts/remote.js';

/** Notices when the addresses of this machine change, from what its Binds say about themselves. */
export class NetworkWatch {
  readonly #known = new WeakMap<object, string>();

  /** True when this Bind is somewhere else than before. Its first addresses are no change, and while it has none it is nowhere. */
  moved(bind: object, endpoints: readonly LocalEndpoint[]): boolean {
    const places = endpoints.flatMap(({ kind, remote }) => (kind === 'local' ? [remote.text] : []));
    if (places.length === 0) return false;
    const [now, before] = [places.sort().join(' '), this.#known.get(bind)];
    this.#known.set(bind, now);
    return before !== undefined && now !== before;
  }
}

/** Those that do not lie in the tunnel: a Stack that is an interface of the machine shows its addresses there, and nobody reaches us by them. */
export function outsideTunnel(endpoints: readonly LocalEndpoint[], own: readonly string[]): readonly LocalEndpoint[] {
  const inside = new Set(own.map((prefix) => prefix.split('/', 1)[0]));
  return endpoints.filter(({ remote }) => remote.ip === undefined || !inside.has(remote.ip.address));
}
