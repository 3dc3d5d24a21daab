import type { NetmapCommons } from '../contracts/netmap.js';

/** What control says about more than single peers, and nothing else of the object. A field that is undefined counts as absent. */
export function commonsOf({ users, filter, names, relays, domain }: NetmapCommons): NetmapCommons {
  return {
    ...(users !== undefined && { users }),
    ...(filter !== undefined && { filter }),
    ...(names !== undefined && { names }),
    ...(relays !== undefined && { relays }),
    ...(domain !== undefined && { domain }),
  };
}

/** The fields of `to` that are not the same as in `from`. A field that went away cannot be said by a patch: it is seen in the map. */
export function changedCommons(from: NetmapCommons, to: NetmapCommons): NetmapCommons {
  const { users, filter, names, relays, domain } = to;
  return {
    ...(users !== undefined && users !== from.users && { users }),
    ...(filter !== undefined && filter !== from.filter && { filter }),
    ...(names !== undefined && names !== from.names && { names }),
    ...(relays !== undefined && relays !== from.relays && { relays }),
    ...(domain !== undefined && domain !== from.domain && { domain }),
  };
}
