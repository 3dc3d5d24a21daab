import type { Address } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';
import { endpointText, type SimPacket } from './sim-packet.js';

/** RFC 4787: what a mapping, or a filter, looks at. */
export type NatBehaviour = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';

export interface NatRules {
  /** When an inner endpoint keeps its outer port. Default `endpoint-independent`. */
  readonly mapping?: NatBehaviour;
  /** Who may send to an outer port. Default `address-and-port-dependent`. */
  readonly filtering?: NatBehaviour;
  /** Inner hosts reach each other by their outer endpoints. Default false. */
  readonly hairpin?: boolean;
  /** Milliseconds of silence after which a UDP mapping is gone. Default 120,000. */
  readonly timeout?: number;
  /** The same for streams. Default 7,440,000 (RFC 5382). */
  readonly streamTimeout?: number;
  /** What keeps a mapping alive. Default `outbound`. */
  readonly refresh?: 'outbound' | 'both';
  /** The outer port is the inner one while that is free. Default false: a random one. */
  readonly portPreservation?: boolean;
  /** Mappings at a time. Default 16,384. */
  readonly mappings?: number;
}

interface Mapping {
  readonly key: string;
  readonly protocol: SimPacket['protocol'];
  readonly inner: Address;
  readonly outerPort: number;
  lastUsed: number;
  /** Remotes that were sent to, and when last. */
  readonly permitted: Map<string, number>;
}

const FIRST_PORT = 1024;
const PORTS = 65_536 - FIRST_PORT;
const MOST_PERMITTED = 4096;

/** The state of a NAT, without network or timers: time comes in, packets come out translated. */
export class NatTable {
  readonly #rules: Required<NatRules>;
  readonly #random: SeededRandom;
  readonly #byInner = new Map<string, Mapping>();
  readonly #byOuter = new Map<string, Mapping>();

  constructor(rules: NatRules, random: SeededRandom) {
    this.#rules = {
      mapping: rules.mapping ?? 'endpoint-independent',
      filtering: rules.filtering ?? 'address-and-port-dependent',
      hairpin: rules.hairpin ?? false,
      timeout: rules.timeout ?? 120_000,
      streamTimeout: rules.streamTimeout ?? 7_440_000,
      refresh: rules.refresh ?? 'outbound',
      portPreservation: rules.portPreservation ?? false,
      mappings: Math.min(rules.mappings ?? 16_384, PORTS),
    };
    this.#random = random;
  }

  get hairpin(): boolean {
    return this.#rules.hairpin;
  }

  /** Mappings, dead ones that nobody asked for included. */
  get size(): number {
    return this.#byInner.size;
  }

  /** From inside to outside; undefined when no mapping is free. */
  outbound(now: number, packet: SimPacket, address: string): SimPacket | undefined {
    const key = this.#innerKey(packet);
    const known = this.#alive(now, this.#byInner.get(key));
    const mapping = known ?? this.#map(now, key, packet);
    if (mapping === undefined) return undefined;
    mapping.lastUsed = now;
    this.#permit(now, mapping, packet.destination);
    return { ...packet, source: { address, port: mapping.outerPort } };
  }

  /** From outside to inside; undefined when there is no mapping, or its filter says no. */
  inbound(now: number, packet: SimPacket): SimPacket | undefined {
    const mapping = this.#alive(now, this.#byOuter.get(outerKey(packet.protocol, packet.destination.port)));
    if (mapping === undefined || !this.#permits(now, mapping, packet.source)) return undefined;
    if (this.#rules.refresh === 'both') mapping.lastUsed = now;
    return { ...packet, destination: mapping.inner };
  }

  /** Forgets everything, as a reboot does. */
  reset(): void {
    this.#byInner.clear();
    this.#byOuter.clear();
  }

  #innerKey({ protocol, source, destination }: SimPacket): string {
    return `${protocol} ${endpointText(source)} ${scope(this.#rules.mapping, destination)}`;
  }

  #alive(now: number, mapping: Mapping | undefined): Mapping | undefined {
    if (mapping === undefined || now - mapping.lastUsed <= this.#timeout(mapping)) return mapping;
    this.#forget(mapping);
    return undefined;
  }

  #timeout(mapping: Mapping): number {
    return mapping.protocol === 'udp' ? this.#rules.timeout : this.#rules.streamTimeout;
  }

  #map(now: number, key: string, packet: SimPacket): Mapping | undefined {
    if (this.#byInner.size >= this.#rules.mappings) this.#sweep(now);
    if (this.#byInner.size >= this.#rules.mappings) return undefined;
    const { protocol, source } = packet;
    const mapping: Mapping = { key, protocol, inner: source, outerPort: this.#freePort(now, packet), lastUsed: now, permitted: new Map() };
    this.#byInner.set(key, mapping);
    this.#byOuter.set(outerKey(protocol, mapping.outerPort), mapping);
    return mapping;
  }

  #freePort(now: number, { protocol, source }: SimPacket): number {
    const free = (port: number): boolean => this.#alive(now, this.#byOuter.get(outerKey(protocol, port))) === undefined;
    if (this.#rules.portPreservation && free(source.port)) return source.port;
    let port = this.#random.integer(PORTS);
    while (!free(FIRST_PORT + port)) port = (port + 1) % PORTS;
    return FIRST_PORT + port;
  }

  #permit(now: number, mapping: Mapping, remote: Address): void {
    const key = scope(this.#rules.filtering, remote);
    mapping.permitted.delete(key);
    mapping.permitted.set(key, now);
    if (mapping.permitted.size > MOST_PERMITTED) mapping.permitted.delete(mapping.permitted.keys().next().value!);
  }

  #permits(now: number, mapping: Mapping, remote: Address): boolean {
    const key = scope(this.#rules.filtering, remote);
    const last = mapping.permitted.get(key);
    if (last === undefined || now - last > this.#timeout(mapping)) return false;
    if (this.#rules.refresh === 'both') mapping.permitted.set(key, now);
    return true;
  }

  #sweep(now: number): void {
    for (const mapping of [...this.#byInner.values()]) this.#alive(now, mapping);
  }

  #forget(mapping: Mapping): void {
    this.#byInner.delete(mapping.key);
    this.#byOuter.delete(outerKey(mapping.protocol, mapping.outerPort));
  }
}

function outerKey(protocol: string, port: number): string {
  return `${protocol} ${port}`;
}

/** What of a remote endpoint a behaviour looks at. */
function scope(behaviour: NatBehaviour, remote: Address): string {
  if (behaviour === 'endpoint-independent') return '*';
  return behaviour === 'address-dependent' ? remote.address : endpointText(remote);
}
