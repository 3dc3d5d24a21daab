import type { FlowLayer } from '../contracts/flows.js';
import { HeddleError } from '../errors/heddle-error.js';
import type { Interceptions } from './interceptions.js';

/** The Stack that a node has just now. */
export interface StackInUse {
  readonly plugin: string;
  readonly flows: FlowLayer | undefined;
}

type Member = keyof FlowLayer;

/** The capability that a Stack offers with each member. */
const CAPABILITY: Readonly<Record<Member, string>> = {
  connect: 'stack.tcp',
  listen: 'stack.tcp',
  bindUdp: 'stack.udp',
  ping: 'stack.ping',
  intercept: 'stack.intercept',
};

/** The flows of whichever Stack is in use at the call. Has every member: one that the Stack lacks fails and names it. Interceptions outlive the Stack. */
export function currentFlows(inUse: () => StackInUse, interceptions: Interceptions): Required<FlowLayer> {
  return {
    connect: async (...call) => member(inUse(), 'connect')(...call),
    listen: async (...call) => member(inUse(), 'listen')(...call),
    bindUdp: async (...call) => member(inUse(), 'bindUdp')(...call),
    ping: async (...call) => member(inUse(), 'ping')(...call),
    intercept: (decide) => (interceptions.possible ? interceptions.add(decide) : member(inUse(), 'intercept')(decide)),
  };
}

function member<M extends Member>(stack: StackInUse, name: M): Required<FlowLayer>[M] {
  const method = stack.flows?.[name];
  if (typeof method === 'function') return method.bind(stack.flows) as Required<FlowLayer>[M];
  const text = `the Stack of ${stack.plugin} does not offer ${CAPABILITY[name]} (flows.${name}); use one that does, such as netstack()`;
  throw new HeddleError('HEDDLE_UNSUPPORTED', text);
}
