import { KERNEL } from './core-services.js';
import type { Graph, Service } from './graph.js';
import { Tokens } from './tokens.js';

/** Identity first, because every part may use it; control last of the parts, because it talks about what the others carry. */
const RANKS: readonly symbol[] = [
  Tokens.Identity.id,
  KERNEL.id,
  Tokens.Stack.id,
  Tokens.Bind.id,
  Tokens.PathSelector.id,
  Tokens.Control.id,
];

function rank(service: Service): number {
  const place = RANKS.indexOf(service.provision.token.id);
  return place < 0 ? RANKS.length : place;
}

/** The order of starting: each service after all that it needs, the parts of the data plane before other services. Stopping is the reverse. */
export function startOrder(graph: Graph): readonly Service[] {
  const order = new Set<Service>();
  const visit = (service: Service): void => {
    if (order.has(service)) return;
    for (const needed of graph.neededBy(service)) visit(needed);
    order.add(service);
  };
  for (const service of graph.services.toSorted((a, b) => rank(a) - rank(b))) visit(service);
  return [...order];
}
