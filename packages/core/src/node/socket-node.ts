import type { Plugin } from '../composition/plugin.js';
import { createNode as createPlainNode } from '../heddle-node/create-node.js';
import type { HeddleNode, NodeOptions } from '../heddle-node/heddle-node.js';
import type { LookupFunction } from './faces/lookup.js';
import { type FacesOptions, type NodeFaces, nodeFaces } from './faces/node-faces.js';
import { machineUnderlay } from './machine-underlay.js';

/** A node with Node's sockets, servers, agents and fetch on it. `lookup` answers a name alone with addresses, and passes for dns.lookup. */
export type SocketNode = HeddleNode & NodeFaces;

/** As createNode of `@heddle/core`, with the sockets and clients of Node as methods; each may be passed on by itself. */
export function createNode(options: NodeOptions & FacesOptions, plugins: readonly Plugin[]): SocketNode {
  const node = createPlainNode({ underlay: machineUnderlay(), ...options }, plugins);
  const addresses = node.lookup.bind(node);
  const faces = nodeFaces(node, options.clock === undefined ? options : { timers: options.clock, ...options });
  return Object.assign(node, faces, { lookup: bothWays(addresses, faces.lookup) });
}

function bothWays(addresses: HeddleNode['lookup'], lookup: LookupFunction): SocketNode['lookup'] {
  const either = (name: string, ...rest: readonly unknown[]): unknown =>
    rest.length === 0 ? addresses(name) : Reflect.apply(lookup, undefined, [name, ...rest]);
  return either as SocketNode['lookup'];
}
