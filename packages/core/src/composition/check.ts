import type { NodeOptions } from '../heddle-node/heddle-node.js';
import { checkGraph } from './check-graph.js';
import { checkOptions } from './check-options.js';
import { checkShapes } from './check-shape.js';
import { coreBeside } from './core-services.js';
import { Graph } from './graph.js';
import { hostPlugin } from './host-services.js';
import type { Plugin } from './plugin.js';
import { CompositionError, type Problem } from './problem.js';

/**
 * The graph of these plugins, of core and of what the host adds; or one error with everything that is wrong.
 * Reads declarations, and asks the host; builds and starts nothing.
 */
export function checkComposition(options: NodeOptions, plugins: readonly Plugin[], core: Plugin): Graph {
  const wrongOptions = checkOptions(options);
  const shapes = checkShapes(plugins);
  const withoutHost = new Graph([coreBeside(core, shapes.plugins), ...shapes.plugins]);
  const host = hostPlugin(wrongOptions.length === 0 ? options.host : undefined, withoutHost);
  const graph = host.plugin.provides.length === 0 ? withoutHost : new Graph([...withoutHost.plugins, host.plugin]);
  const problems: readonly Problem[] = [...wrongOptions, ...sameTwice(plugins), ...shapes.problems, ...host.problems, ...checkGraph(graph)];
  if (problems.length > 0) throw new CompositionError(problems);
  return graph;
}

function sameTwice(plugins: readonly Plugin[]): readonly Problem[] {
  if (!Array.isArray(plugins)) return [];
  const twice = new Set(plugins.filter((plugin, index) => plugins.indexOf(plugin) !== index && hasName(plugin)));
  return [...twice].map((plugin) => ({
    what: `the plugin ${plugin.name} is in the list twice`,
    cause: 'it is the same value at two places',
    cure: 'Take one out; for two of a kind call the factory twice, with different names',
  }));
}

/** What cannot even be read is told elsewhere. */
function hasName(plugin: Plugin): boolean {
  try {
    return typeof plugin?.name === 'string';
  } catch {
    return false;
  }
}
