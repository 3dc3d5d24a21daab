import type { NetmapCommons } from '../contracts/netmap.js';

type Draft = { -readonly [Name in keyof NetmapCommons]: NetmapCommons[Name] };

/**
 * Takes over what control says about more than single peers, and nothing else of the object. A field that is undefined counts as absent.
 * By assignment: objects that are spread out of parts get a hidden class each, which lives longer than they do, and one is made per change.
 */
export function assignCommons(to: Draft, { users, filter, names, relays, domain }: NetmapCommons): void {
  if (users !== undefined) to.users = users;
  if (filter !== undefined) to.filter = filter;
  if (names !== undefined) to.names = names;
  if (relays !== undefined) to.relays = relays;
  if (domain !== undefined) to.domain = domain;
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
