import type { Address } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';
import { canonicalAddress } from './address-plan.js';
import { socketError } from './sim-fault.js';
import { familyOf } from './sim-packet.js';

const FIRST_EPHEMERAL = 32_768;
const EPHEMERAL = 28_232;

/** Which socket has which port of a host, for one protocol. */
export class HostPorts<T> {
  readonly #bound = new Map<string, T | undefined>();
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  get size(): number {
    return this.#bound.size;
  }

  /** Reserves a port; 0 picks a free one. Throws as bind does. */
  claim(text: string, port: number, owns: (address: string) => boolean): Address {
    const address = canonicalAddress(text);
    if (address === undefined) throw socketError('EINVAL', `${text} is not an IP address`);
    if (!isAny(address) && !owns(address)) throw socketError('EADDRNOTAVAIL', `${address} is not an address of this host`);
    const local = { address, port: port === 0 ? this.#freePort(address) : port };
    if (this.#conflicts(local)) throw socketError('EADDRINUSE', `port ${local.port} of ${address} is in use`);
    this.#bound.set(portKey(local), undefined);
    return local;
  }

  set(local: Address, socket: T): void {
    this.#bound.set(portKey(local), socket);
  }

  release(local: Address): void {
    this.#bound.delete(portKey(local));
  }

  /** Who gets what is sent to this endpoint: the one bound to the address goes before the one bound to all. */
  find(destination: Address): T | undefined {
    return this.#bound.get(portKey(destination)) ?? this.#bound.get(`${anyOf(destination.address)} ${destination.port}`);
  }

  #conflicts(local: Address): boolean {
    if (this.#bound.has(portKey(local)) || this.#bound.has(portKey({ ...local, address: anyOf(local.address) }))) return true;
    return isAny(local.address) && [...this.#bound.keys()].some((key) => samePortAndFamily(key, local));
  }

  #freePort(address: string): number {
    const start = this.#random.integer(EPHEMERAL);
    for (let i = 0; i < EPHEMERAL; i++) {
      const port = FIRST_EPHEMERAL + ((start + i) % EPHEMERAL);
      if (!this.#conflicts({ address, port })) return port;
    }
    throw socketError('EADDRINUSE', 'no free port is left');
  }
}

function portKey({ address, port }: Address): string {
  return `${address} ${port}`;
}

function samePortAndFamily(key: string, { address, port }: Address): boolean {
  const [bound, boundPort] = key.split(' ') as [string, string];
  return Number(boundPort) === port && familyOf(bound) === familyOf(address);
}

function anyOf(address: string): string {
  return familyOf(address) === 4 ? '0.0.0.0' : '::';
}

export function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
