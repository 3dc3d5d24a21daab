import type { Decision, PathsOfPeer } from '@heddle/core';

/** Observations in, decision out: the same arguments give the same decision. `now` is clock.now(). */
export type Policy = (paths: PathsOfPeer, now: number) => Decision;
