import type { Bytes, PacketBatch, UdpSocket } from '@heddle/core';
import { parseAddressPort } from '@heddle/wire';
import type { MemoryPort, MemoryPortOptions, MemoryWire } from '../parts/memory-network.js';
import { canonicalAddress } from './address-plan.js';
import { socketError } from './sim-fault.js';
import type { SimHost } from './sim-host.js';
import { endpointText } from './sim-packet.js';

/** Lets memory Binds run over simulated hosts: a name is a host, and what comes from behind a NAT is named by its outer endpoint. */
export class SimWire implements MemoryWire {
  readonly #hosts: ReadonlyMap<string, SimHost>;
  readonly #port: number;

  /** Every Bind has this UDP port on its host. Default 41641. */
  constructor(hosts: Iterable<SimHost>, port = 41_641) {
    this.#hosts = new Map([...hosts].map((host) => [host.name, host]));
    this.#port = port;
  }

  async attach(name: string, options: MemoryPortOptions): Promise<MemoryPort> {
    const host = this.#hosts.get(name);
    if (host === undefined)
      throw socketError('ENOTFOUND', `there is no simulated host ${name}; there are ${[...this.#hosts.keys()].join(', ')}`);
    const message = (bytes: Bytes, address: string, port: number): void => options.receive(this.#nameOf(address, port), [bytes]);
    const socket = await host.udp.open({ family: 4, port: this.#port, message, fault: () => {} });
    return { send: (to, batch) => this.#send(socket, to, batch), close: () => void socket.close() };
  }

  #send(socket: UdpSocket, to: string, batch: PacketBatch): number {
    const place = this.#placeOf(to);
    if (place === undefined) return batch.count;
    for (let i = 0; i < batch.count; i++)
      if (!socket.send(batch.slab, batch.offsets[i]!, batch.lengths[i]!, place.port, place.address)) return i;
    return batch.count;
  }

  #placeOf(to: string): { readonly address: string; readonly port: number } | undefined {
    const host = this.#hosts.get(to);
    if (host !== undefined) return { address: host.address(4), port: this.#port };
    const port = parseAddressPort(to)?.port;
    const address = port === undefined ? undefined : canonicalAddress(to.slice(0, to.lastIndexOf(':')).replace(/[[\]]/g, ''));
    return address === undefined || port === undefined ? undefined : { address, port };
  }

  #nameOf(address: string, port: number): string {
    const known = port === this.#port ? [...this.#hosts.values()].find((host) => host.owns(address)) : undefined;
    return known?.name ?? endpointText({ address, port });
  }
}
