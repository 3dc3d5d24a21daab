import { type Bytes, HeddleError, type StackConfig } from '@heddle/core';
import { type Prefix, parseAddress, parsePrefix, prefixContains, readPrefix } from '@heddle/wire';

interface OwnAddress {
  readonly address: Bytes;
  readonly prefix: Prefix;
}

/** Own addresses and where the tunnel leads. */
export class HostAddresses {
  #own: readonly OwnAddress[] = [];
  #routes: readonly string[] = [];
  /** What the routes mean; undefined until somebody asks. A host that joins many others is configured more often than asked. */
  #prefixes: readonly Prefix[] | undefined;
  #mtu = 1420;

  get mtu(): number {
    return this.#mtu;
  }

  /** All of it or, when a text is wrong, nothing. */
  configure(config: StackConfig): void {
    const own = config.addresses.map(ownAddress);
    requirePrefixes(config.routes);
    this.#own = own;
    this.#routes = [...config.routes];
    this.#prefixes = undefined;
    this.#mtu = config.mtu;
  }

  /** Compares in place: asked for every packet. */
  owns(slab: Bytes, at: number, length: number): boolean {
    for (let i = 0; i < this.#own.length; i++) if (same(this.#own[i]!.address, slab, at, length)) return true;
    return false;
  }

  /** True when packets for this address go into the tunnel. */
  routes(destination: Bytes): boolean {
    this.#prefixes ??= this.#routes.map(prefixOf);
    return (
      this.#prefixes.some((prefix) => prefixContains(prefix, destination)) ||
      this.#own.some((own) => prefixContains(own.prefix, destination))
    );
  }

  /** The own address of the same version whose prefix fits closest; undefined without one, or without a route. */
  sourceFor(destination: Bytes): Bytes | undefined {
    if (!this.routes(destination)) return undefined;
    const fitting = this.#own.filter((own) => own.address.length === destination.length);
    const fit = (own: OwnAddress): number => (prefixContains(own.prefix, destination) ? own.prefix.bits : -1);
    return fitting.reduce<OwnAddress | undefined>((best, own) => (best === undefined || fit(own) > fit(best) ? own : best), undefined)
      ?.address;
  }
}

function ownAddress(text: string): OwnAddress {
  const address = parseAddress(text.split('/')[0]!);
  if (address === undefined) throw badPrefix(text);
  return { address, prefix: prefixOf(text) };
}

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw badPrefix(text);
  return prefix;
}

function requirePrefixes(texts: readonly string[]): void {
  const address = new Uint8Array(16);
  for (const text of texts) if (readPrefix(text, address, 0) < 0) throw badPrefix(text);
}

function badPrefix(text: string): HeddleError {
  return new HeddleError('HEDDLE_BAD_ADDRESS', `configure: ${text} is not an address or prefix; write it as 10.0.0.1/24`);
}

function same(address: Bytes, slab: Bytes, at: number, length: number): boolean {
  if (address.length !== length) return false;
  for (let i = 0; i < length; i++) if (address[i] !== slab[at + i]) return false;
  return true;
}
