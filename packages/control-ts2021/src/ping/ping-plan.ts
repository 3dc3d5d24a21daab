import type { ControlUrl } from '../dial/control-url.js';
import type { PingRequest } from '../map/index.js';
import { answerC2n } from './c2n.js';

/** How a ping of the server is answered. Everything that is not clearly the server's own is `ignore`. */
export type PingPlan =
  | { readonly answer: 'head' | 'post'; readonly by: 'channel' | 'outside'; readonly to: string; readonly body: string | undefined }
  | { readonly answer: 'ignore'; readonly why: string };

/** Ways to ping another node, as control writes them. */
const WAYS: ReadonlySet<string> = new Set(['disco', 'TSMP', 'ICMP', 'peerapi']);

/**
 * A server may make a node answer the server, and nobody else: not the host beside it, not an address of the link, not a file. In the
 * channel only path and query count; outside of it the URL must name the control server's own host and port, and not go from https to http.
 */
export function planPing(request: PingRequest, control: ControlUrl): PingPlan {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return ignore('its URL is not http(s)');
  const isC2n = request.types.includes('c2n');
  const inside = request.overNoise || isC2n;
  if (!inside && !isControls(url, control)) return ignore('its URL is not the control server’s own');
  const way = inside ? ({ by: 'channel', to: url.pathname + url.search } as const) : ({ by: 'outside', to: url.href } as const);
  if (request.types.length === 0) return { answer: 'head', ...way, body: undefined };
  if (isC2n) return { answer: 'post', ...way, body: answerC2n(request.payload) };
  const type = request.types.find((each) => WAYS.has(each));
  return type === undefined ? ignore('its types are not known') : { answer: 'post', ...way, body: cannotPing(type, request.ip) };
}

function isControls(url: URL, control: ControlUrl): boolean {
  return url.host === control.authority && url.protocol === (control.tls ? 'https:' : 'http:');
}

/** Control does not reach into the data plane; it says so at once instead of letting the server wait. */
function cannotPing(type: string, ip: string | undefined): string {
  return JSON.stringify({ Type: type, ...(ip !== undefined && { IP: ip }), Err: 'this node does not ping others for control' });
}

function ignore(why: string): PingPlan {
  return { answer: 'ignore', why };
}
