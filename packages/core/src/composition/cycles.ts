import type { Graph, Service } from './graph.js';

/** Every circle of needs, each once, from the service where it was entered. */
export function cycles(graph: Graph): readonly (readonly Service[])[] {
  const found: (readonly Service[])[] = [];
  const finished = new Set<Service>();
  const path: Service[] = [];
  const visit = (service: Service): void => {
    if (finished.has(service)) return;
    const at = path.indexOf(service);
    if (at >= 0) {
      found.push(path.slice(at));
      return;
    }
    path.push(service);
    for (const needed of new Set(graph.neededBy(service))) visit(needed);
    path.pop();
    finished.add(service);
  };
  for (const service of graph.services) visit(service);
  return found;
}
