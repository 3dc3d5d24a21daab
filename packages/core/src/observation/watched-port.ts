import type { Address, UdpPort } from '../contracts/flows.js';
import type { Direction, FlowWitness, ObservedFlow } from '../contracts/observation.js';
import type { Bytes } from '../contracts/packets.js';

/** Pairs of addresses that one port is watched for at a time; beyond, the pair that spoke first is over for its witnesses. */
const PAIRS = 1024;

/** The datagrams of one UDP port, told apart by who is at the other end: each pair of addresses is a flow. */
export class PortWatch {
  readonly #opened: (flow: ObservedFlow) => FlowWitness | undefined;
  readonly #pairs = new Map<string, FlowWitness | undefined>();
  #local: Address | undefined;

  constructor(opened: (flow: ObservedFlow) => FlowWitness | undefined) {
    this.#opened = opened;
  }

  /** The port as its user has it. */
  wrap(port: UdpPort): UdpPort {
    this.#local = port.at;
    const saw = (datagram: Bytes, to: Address): void => this.saw('out', datagram, to);
    return {
      get at(): Address {
        return port.at;
      },
      send: (datagram, to) => {
        const taken = port.send(datagram, to);
        if (taken) saw(datagram, to);
        return taken;
      },
      close: () => {
        this.#end();
        return port.close();
      },
      on: (events) => port.on?.(events),
    };
  }

  saw(direction: Direction, datagram: Bytes, remote: Address): void {
    if (this.#local !== undefined) this.#pair(direction, this.#local, remote)?.data(direction, datagram);
  }

  #pair(direction: Direction, local: Address, remote: Address): FlowWitness | undefined {
    const key = `${remote.address} ${remote.port}`;
    if (!this.#pairs.has(key)) {
      this.#makeRoom();
      this.#pairs.set(key, this.#opened({ protocol: 'udp', direction, local, remote }));
    }
    return this.#pairs.get(key);
  }

  #makeRoom(): void {
    if (this.#pairs.size < PAIRS) return;
    const [first, witness] = this.#pairs.entries().next().value!;
    this.#pairs.delete(first);
    witness?.closed(undefined);
  }

  #end(): void {
    for (const witness of this.#pairs.values()) witness?.closed(undefined);
    this.#pairs.clear();
    this.#local = undefined;
  }
}
