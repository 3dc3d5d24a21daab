import type { Plugin } from '../composition/plugin.js';
import { ComposedNode } from './composed-node.js';
import type { HeddleNode, NodeOptions } from './heddle-node.js';

/** A node from its plugins. Checks the whole composition, and throws one error with all that is wrong; builds and starts nothing before start(). */
export function createNode(options: NodeOptions, plugins: readonly Plugin[]): HeddleNode {
  return new ComposedNode(options, plugins);
}
