import type { Clock, Flow, HeddleNode } from '@heddle/core';
import { type FlowServer, type FlowSocket, nodeFaces } from '@heddle/core/node';
import { type Lingering, LingeringFlow } from './lingering-flow.js';

/** Makes sockets of Node from flows that somebody else has accepted. */
export class FlowSockets {
  readonly #server: FlowServer;
  readonly #lingering: Lingering;
  #accept: (flow: Flow) => void = (flow) => flow.reset();

  constructor(clock: Clock, onSocket: (socket: FlowSocket) => void) {
    this.#lingering = { clock, waiting: new Set() };
    const listen: NonNullable<HeddleNode['flows']['listen']> = async (at, accept) => {
      this.#accept = accept;
      return { at: { address: '::', port: at.port }, close: async () => {} };
    };
    const faces = nodeFaces({ flows: { listen }, lookup: () => [] }, { timers: clock });
    this.#server = faces.listen({ port: 1, allowHalfOpen: true }, onSocket);
  }

  take(flow: Flow): void {
    this.#accept(new LingeringFlow(flow, this.#lingering));
  }

  close(): void {
    this.#server.close();
    for (const flow of this.#lingering.waiting) flow.close();
    this.#lingering.waiting.clear();
  }
}
