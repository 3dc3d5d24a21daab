import type { Clock, Flow, HeddleNode } from '@heddle/core';
import { type FlowServer, type FlowSocket, nodeFaces } from '@heddle/core/node';

/** Makes sockets of Node from flows that somebody else has accepted. */
export class FlowSockets {
  readonly #server: FlowServer;
  #accept: (flow: Flow) => void = (flow) => flow.reset();

  constructor(clock: Clock, onSocket: (socket: FlowSocket) => void) {
    const listen: NonNullable<HeddleNode['flows']['listen']> = async (at, accept) => {
      this.#accept = accept;
      return { at: { address: '::', port: at.port }, close: async () => {} };
    };
    const faces = nodeFaces({ flows: { listen }, lookup: () => [] }, { timers: clock });
    this.#server = faces.listen({ port: 1, allowHalfOpen: true }, onSocket);
  }

  take(flow: Flow): void {
    this.#accept(flow);
  }

  close(): void {
    this.#server.close();
  }
}
