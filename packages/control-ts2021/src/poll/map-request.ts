import type { EndpointLists, Hostinfo } from './hostinfo.js';

export interface MapRequestFacts {
  readonly version: number;
  readonly nodeKey: string;
  readonly discoKey: string;
  readonly hostinfo: Hostinfo;
  readonly endpoints: EndpointLists;
}

export const MAP: string = '/machine/map';

/** Opens the stream of maps. What it says about this node counts on some servers only: an update follows it. */
export function encodePoll(facts: MapRequestFacts): string {
  return JSON.stringify({ ...common(facts), Stream: true });
}

/** Tells what has changed about this node, and leaves the stream alone. */
export function encodeUpdate(facts: MapRequestFacts): string {
  return JSON.stringify({ ...common(facts), OmitPeers: true });
}

/** No `Compress`: frames are plain JSON. */
function common({ version, nodeKey, discoKey, hostinfo, endpoints }: MapRequestFacts): object {
  return { Version: version, NodeKey: nodeKey, DiscoKey: discoKey, KeepAlive: true, Hostinfo: hostinfo, ...endpoints };
}
