import type { Clock } from '@heddle/core';
import type { MemoryHost } from '@heddle/testing';

/** From one datagram to the next. */
const EVERY = 250;
const PORT = 9_000;

export interface FlowEnd {
  readonly name: string;
  readonly number: number;
  readonly address: string;
  readonly inner: MemoryHost;
}

/** One way between two nodes: numbered datagrams inside the tunnel, until it is stopped. */
export class Flow {
  readonly from: string;
  readonly to: string;
  /** Datagrams that came a second time. */
  repeated = 0;
  readonly #clock: Clock;
  readonly #heard = new Set<number>();
  #heardAt = -Infinity;
  #since: number;
  #silence = 0;
  #cancel: () => void = () => {};

  constructor(from: string, to: string, clock: Clock) {
    this.from = from;
    this.to = to;
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Sent from now on. */
  static async start(from: FlowEnd, to: FlowEnd, clock: Clock): Promise<Flow> {
    const flow = new Flow(from.name, to.name, clock);
    const port = PORT + from.number;
    await to.inner.bindUdp({ port }, (datagram) => flow.#hear(datagram));
    const source = await from.inner.bindUdp({}, () => {});
    let next = 0;
    const send = (): void => {
      const datagram = new Uint8Array(100);
      new DataView(datagram.buffer).setUint32(0, next++);
      source.send(datagram, { address: to.address, port });
      flow.#cancel = clock.at(clock.now() + EVERY, send);
    };
    flow.#cancel = clock.at(clock.now(), send);
    return flow;
  }

  /** Silence counts from now on. */
  listen(): void {
    this.#silence = 0;
    this.#since = this.#clock.now();
  }

  /** The longest since `listen`, the present one included. */
  get silence(): number {
    return Math.max(this.#silence, this.#clock.now() - Math.max(this.#since, this.#heardAt));
  }

  /** The latest arrived within this time. */
  alive(within: number): boolean {
    return this.#clock.now() - this.#heardAt <= within;
  }

  stop(): void {
    this.#cancel();
  }

  #hear(datagram: Uint8Array): void {
    const number = new DataView(datagram.buffer, datagram.byteOffset).getUint32(0);
    if (this.#heard.has(number)) this.repeated += 1;
    this.#heard.add(number);
    this.#silence = this.silence;
    this.#heardAt = this.#clock.now();
  }
}
