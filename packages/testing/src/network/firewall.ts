import { endpointText, type SimPacket } from './sim-packet.js';

/** What a firewall lets through. Out is from whom it protects. */
export interface FirewallRules {
  /** False: no UDP in either direction. Default true. */
  readonly udp?: boolean;
  /** False: no streams. Default true. */
  readonly streams?: boolean;
  /** The only remote ports that may be spoken to. Default: all. */
  readonly remotePorts?: readonly number[];
  /** What may come in: everything, only what belongs to something that went out, or nothing. Default `replies`. */
  readonly inbound?: 'all' | 'replies' | 'none';
  /** Milliseconds of silence after which replies no longer pass. Default 120,000. */
  readonly timeout?: number;
}

const MOST_FLOWS = 65_536;

/** A firewall that remembers what went out. */
export class Firewall {
  readonly #flows = new Map<string, number>();
  #rules: FirewallRules;

  constructor(rules: FirewallRules = {}) {
    this.#rules = rules;
  }

  /** Changes the rules; flows that were let through are remembered. */
  set(rules: FirewallRules): void {
    this.#rules = rules;
  }

  outbound(now: number, packet: SimPacket): boolean {
    if (!this.#speaks(packet) || !(this.#rules.remotePorts?.includes(packet.destination.port) ?? true)) return false;
    this.#remember(flowKey(packet.protocol, packet.source, packet.destination), now);
    return true;
  }

  inbound(now: number, packet: SimPacket): boolean {
    if (!this.#speaks(packet) || this.#rules.inbound === 'none') return false;
    if (this.#rules.inbound === 'all') return true;
    const key = flowKey(packet.protocol, packet.destination, packet.source);
    const last = this.#flows.get(key);
    if (last === undefined || now - last > (this.#rules.timeout ?? 120_000)) return false;
    this.#remember(key, now);
    return true;
  }

  /** Forgets every flow. */
  reset(): void {
    this.#flows.clear();
  }

  #speaks(packet: SimPacket): boolean {
    return (packet.protocol === 'udp' ? this.#rules.udp : this.#rules.streams) ?? true;
  }

  /** The longest unused goes when there are too many. Of one instant, all are as new. */
  #remember(key: string, now: number): void {
    if (this.#flows.get(key) === now) return;
    this.#flows.delete(key);
    this.#flows.set(key, now);
    if (this.#flows.size > MOST_FLOWS) this.#flows.delete(this.#flows.keys().next().value!);
  }
}

function flowKey(protocol: string, inside: SimPacket['source'], outside: SimPacket['source']): string {
  return `${protocol} ${endpointText(inside)} ${endpointText(outside)}`;
}
