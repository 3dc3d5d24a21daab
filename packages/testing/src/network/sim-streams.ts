import type { Address, Flow, StreamSockets } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';
import { canonicalAddress } from './address-plan.js';
import { HostPorts } from './host-ports.js';
import { socketError } from './sim-fault.js';
import type { SimHost } from './sim-host.js';
import { endpointText, familyOf, type SimPacket } from './sim-packet.js';
import type { SimWorld } from './sim-world.js';
import { StreamEnd } from './stream-end.js';

type Accept = (flow: Flow) => void;

/** The stream sockets of a simulated host. */
export class SimStreams implements StreamSockets {
  readonly #host: SimHost;
  readonly #world: SimWorld;
  readonly #ports: HostPorts<Accept | undefined>;
  readonly #ends = new Map<string, StreamEnd>();

  constructor(host: SimHost, world: SimWorld, random: SeededRandom) {
    this.#host = host;
    this.#world = world;
    this.#ports = new HostPorts(random);
  }

  async connect(to: { readonly host: string; readonly port: number }, options: { readonly signal?: AbortSignal }): Promise<Flow> {
    const signal = options.signal;
    signal?.throwIfAborted();
    this.#host.faults.throwIfPlanned('stream.connect');
    const [address] = await this.#host.lookup.lookup(to.host, options);
    signal?.throwIfAborted();
    const remote = { address: address!, port: to.port };
    const source = this.#sourceFor(remote.address);
    const any = familyOf(remote.address) === 4 ? '0.0.0.0' : '::';
    const bound = this.#ports.claim(any, 0, () => true);
    this.#ports.set(bound, undefined);
    return this.#dial(bound, source, remote, signal);
  }

  async listen(at: Address, accept: Accept): Promise<{ readonly at: Address; close(): Promise<void> }> {
    this.#host.faults.throwIfPlanned('stream.listen');
    const bound = this.#ports.claim(at.address, at.port, (address) => this.#host.owns(address));
    this.#ports.set(bound, accept);
    return { at: bound, close: async () => this.#ports.release(bound) };
  }

  /** Ports in use, and streams that were accepted. */
  get size(): number {
    return this.#ports.size + this.#ends.size;
  }

  /** A segment that reached the host. */
  receive(packet: SimPacket): void {
    const key = endKey(packet.destination, packet.source);
    const end = this.#ends.get(key);
    if (end !== undefined) return end.receive(packet);
    const accept = packet.segment?.kind === 'syn' ? this.#ports.find(packet.destination) : undefined;
    if (accept !== undefined) return this.#accept(packet, accept);
    if (packet.segment?.kind !== 'reset' && this.#host.refuses) this.#reset(packet);
    this.#world.note(this.#host.name, 'refuses', packet);
  }

  #accept(packet: SimPacket, accept: Accept): void {
    const end = this.#end(packet.destination, packet.source, () => {});
    end.accept();
    accept(end);
  }

  async #dial(bound: Address, source: string, remote: Address, signal: AbortSignal | undefined): Promise<Flow> {
    const local = { address: source, port: bound.port };
    const end = this.#end(local, remote, () => this.#ports.release(bound));
    const abort = (): void => end.abort(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await end.connect();
      return end;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #end(local: Address, remote: Address, gone: () => void): StreamEnd {
    const key = endKey(local, remote);
    const end = new StreamEnd(this.#world.clock, local, remote, {
      output: (packet) => this.#host.output(packet),
      gone: () => {
        this.#ends.delete(key);
        gone();
      },
    });
    this.#ends.set(key, end);
    return end;
  }

  #sourceFor(remote: string): string {
    const source = this.#host.sourceFor(remote);
    if (source === undefined) throw socketError('ENETUNREACH', `${this.#host.name} has no way to ${remote}`);
    return canonicalAddress(source)!;
  }

  #reset(packet: SimPacket): void {
    const { source, destination } = packet;
    const segment = { kind: 'reset' } as const;
    this.#host.output({ ...packet, source: destination, destination: source, bytes: new Uint8Array(0), hops: 0, segment, lost: () => {} });
  }
}

function endKey(local: Address, remote: Address): string {
  return `${endpointText(local)} ${endpointText(remote)}`;
}
