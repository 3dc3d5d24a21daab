import type { FlowLayer } from '../contracts/flows.js';
import type { Interceptions } from './interceptions.js';
import { memberOf, type StackInUse } from './stack-in-use.js';
import type { StandingPorts } from './standing-ports.js';

/** What follows the Stack: it goes over to each new one. */
export interface Following {
  readonly interceptions: Interceptions;
  readonly ports: StandingPorts;
}

/**
 * The flows of whichever Stack is in use at the call. Has every member: one that the Stack lacks fails and names it. Ports and interceptions
 * outlive the Stack.
 */
export function currentFlows(inUse: () => StackInUse, { interceptions, ports }: Following): Required<FlowLayer> {
  return {
    connect: async (...call) => memberOf(inUse(), 'connect')(...call),
    listen: async (at, accept) => ports.listen(inUse(), at, accept),
    bindUdp: async (at, receive) => ports.bindUdp(inUse(), at, receive),
    ping: async (...call) => memberOf(inUse(), 'ping')(...call),
    intercept: (decide) => (interceptions.possible ? interceptions.add(decide) : memberOf(inUse(), 'intercept')(decide)),
  };
}
