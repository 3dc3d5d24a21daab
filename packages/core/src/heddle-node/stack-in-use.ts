import type { FlowLayer } from '../contracts/flows.js';
import { HeddleError } from '../errors/heddle-error.js';

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

/** A member of the Stack's flows. Throws, and names the Stack, where it has none. */
export function memberOf<M extends Member>(stack: StackInUse, name: M): Required<FlowLayer>[M] {
  const method = stack.flows?.[name];
  if (typeof method === 'function') return method.bind(stack.flows) as Required<FlowLayer>[M];
  const text = `the Stack of ${stack.plugin} does not offer ${CAPABILITY[name]} (flows.${name}); use one that does, such as netstack()`;
  throw new HeddleError('HEDDLE_UNSUPPORTED', text);
}
