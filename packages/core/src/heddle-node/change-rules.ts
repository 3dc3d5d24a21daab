import { OVERRIDABLE } from '../composition/core-services.js';
import type { Service } from '../composition/graph.js';
import type { Plugin } from '../composition/plugin.js';
import { CompositionError } from '../composition/problem.js';

/**
 * What may change while a node runs. Parts of the data plane (Bind, Stack, Control, PathSelector) are held by core alone, which swaps them.
 * A service that another plugin was given stays in its hands, so its plugin can neither go nor be replaced: nothing is ever restarted behind somebody's back.
 */
export function checkHolders(done: 'removed' | 'replaced', plugin: Plugin, holders: readonly Service[]): void {
  if (holders.length === 0) return;
  const names = [...new Set(holders.map((service) => service.plugin.name))].join(', ');
  throw new CompositionError([
    {
      what: `${plugin.name} cannot be ${done} while the node runs`,
      cause: `${names} was given its services when it was built`,
      cure: `Remove ${names} first, and add it again afterwards`,
    },
  ]);
}

/** What core itself was built with is not exchanged under it. */
export function checkAdded(plugin: Plugin): void {
  const inUse = plugin.provides.filter((provision) => OVERRIDABLE.has(provision.token.id)).map((provision) => provision.token.name);
  if (inUse.length === 0) return;
  throw new CompositionError([
    {
      what: `${plugin.name} cannot join a running node`,
      cause: `it provides ${inUse.join(', ')}, and the node was built with another one`,
      cure: 'Name it in createNode, or add it before start',
    },
  ]);
}

export function checkReplaced(old: Plugin, next: Plugin): void {
  if (old !== next) return;
  throw new CompositionError([
    {
      what: `${old.name} cannot be replaced by itself`,
      cause: 'it is the same value',
      cure: 'Call its factory again for the new one',
    },
  ]);
}
