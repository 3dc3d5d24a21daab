import type { PathsOfPeer, Remote } from '@heddle/core';
import { direct } from './direct.js';
import type { Policy } from './policy.js';

/** As `otherwise`, which never sees the remotes that `avoided` is true for: a metered network, an address family, a scheme. */
export function avoid(avoided: (remote: Remote) => boolean, otherwise: Policy = direct): Policy {
  const isFine = (remote: Remote | undefined): remote is Remote => remote !== undefined && !avoided(remote);
  return (paths, now) => {
    const { current, lastAuthenticated } = paths;
    const rest: PathsOfPeer = {
      ...paths,
      candidates: paths.candidates.filter(({ remote }) => isFine(remote)),
      configured: paths.configured.filter(isFine),
      lastAuthenticated: isFine(lastAuthenticated) ? lastAuthenticated : undefined,
      current: isFine(current?.primary) ? current : undefined,
    };
    return otherwise(rest, now);
  };
}
