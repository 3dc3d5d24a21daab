import type { Bytes, StackConfig } from '@heddle/core';
import { HeddleError } from '@heddle/core';
import { type Prefix, parseAddress, parsePrefix, prefixContains } from '@heddle/wire';
import { PathMtu } from './path-mtu.js';

interface OwnAddress {
  readonly address: Bytes;
  readonly net: Prefix;
}

/** RFC 8200 5, and what IPv4 hosts must take (RFC 1122). */
export const MTU_MIN = 576;
const MTU_MAX = 65_535;
const UNCONFIGURED = 1_280;

/** Which addresses are ours, where packets may go, and how large they may be. */
export class Network {
  readonly paths: PathMtu = new PathMtu();
  #own: OwnAddress[] = [];
  #routes: Prefix[] = [];
  #mtu = UNCONFIGURED;

  get mtu(): number {
    return this.#mtu;
  }

  /** Takes the whole configuration or, when a text in it is wrong, nothing. */
  configure(config: StackConfig): void {
    const own = config.addresses.map((text) => ({ address: addressOf(text), net: prefixOf(text) }));
    const routes = config.routes.map(prefixOf);
    if (!(config.mtu >= MTU_MIN && config.mtu <= MTU_MAX))
      throw new HeddleError('HEDDLE_BAD_MTU', `an MTU of ${config.mtu} does not work; give one from ${MTU_MIN} to ${MTU_MAX}`);
    this.#own = own;
    this.#routes = routes;
    this.#mtu = Math.floor(config.mtu);
  }

  isOwn(address: Bytes): boolean {
    return this.isOwnAt(address, 0, address.length);
  }

  /** The same for an address in the middle of a packet. */
  isOwnAt(slab: Bytes, at: number, size: number): boolean {
    for (const { address } of this.#own) if (address.length === size && isAt(address, slab, at)) return true;
    return false;
  }

  /** The own address that a packet to there comes from: the one whose net is closest. Undefined: there is no way. */
  sourceFor(destination: Bytes): Bytes | undefined {
    const self = this.#own.find(({ address }) => address.length === destination.length && isAt(address, destination, 0));
    if (self !== undefined) return self.address;
    const near = this.#own.filter(({ net }) => prefixContains(net, destination)).sort((a, b) => b.net.bits - a.net.bits)[0];
    if (near !== undefined) return near.address;
    if (!this.#routes.some((route) => prefixContains(route, destination))) return undefined;
    return this.#own.find(({ address }) => address.length === destination.length)?.address;
  }

  mtuTo(destination: Bytes): number {
    return Math.min(this.#mtu, this.paths.to(destination));
  }
}

function isAt(address: Bytes, slab: Bytes, at: number): boolean {
  for (let i = 0; i < address.length; i++) if (address[i] !== slab[at + i]) return false;
  return true;
}

function addressOf(text: string): Bytes {
  return parseAddress(text.split('/')[0]!) ?? bad(text);
}

function prefixOf(text: string): Prefix {
  return parsePrefix(text) ?? bad(text);
}

function bad(text: string): never {
  throw new HeddleError('HEDDLE_BAD_ADDRESS', `"${text}" is not an address with a prefix length; write 10.0.0.1/24 or fd00::1/64`);
}
