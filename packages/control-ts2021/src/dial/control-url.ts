/** One way to the server's Noise listener. */
export interface Leg {
  readonly tls: boolean;
  readonly port: number;
  /** Milliseconds after the first leg; a leg starts earlier when all before it have failed. */
  readonly delay: number;
  /** The one that the URL names: when all fail, what it came to is told. */
  readonly own: boolean;
}

/** A control server's address in its parts. */
export interface ControlUrl {
  /** As it was given, normalised: names the server in the state store. */
  readonly text: string;
  readonly tls: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** For `Host` and `:authority`. */
  readonly authority: string;
  /** Before `/key` and `/machine/...`; empty or beginning with a slash. Not before `/ts2021`. */
  readonly prefix: string;
}

/** After this time without an answer the next leg starts. */
const NEXT_LEG_AFTER = 500;

/** Undefined for a text that is no http(s) URL, or that carries a password. */
export function parseControlUrl(text: string): ControlUrl | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  const tls = url.protocol === 'https:';
  const prefix = url.pathname.replace(/\/+$/, '');
  return {
    text: `${url.protocol}//${url.host}${prefix}`,
    tls,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (tls ? 443 : 80),
    authority: url.host,
    prefix,
  };
}

/**
 * The legs of a dial, as the official client has them: cleartext first, because Noise protects both and a proxy is less often in the way;
 * TLS where there is a port for it. `tlsFirst` turns them round, after a cleartext connection that did not last.
 */
export function legsOf(url: ControlUrl, tlsFirst: boolean): readonly Leg[] {
  const plain = { tls: false, port: url.tls ? 80 : url.port, own: !url.tls };
  const secure = { tls: true, port: url.tls ? url.port : 443, own: url.tls };
  if (!url.tls && (url.port !== 80 || isPrivateHost(url.host))) return [{ ...plain, delay: 0 }];
  const order = tlsFirst ? [secure, plain] : [plain, secure];
  return order.map((leg, i) => ({ ...leg, delay: i * NEXT_LEG_AFTER }));
}

/** The only leg of who wants TLS alone; cleartext where the URL says http. */
export function secureLegOf(url: ControlUrl): readonly Leg[] {
  return [{ tls: url.tls, port: url.port, delay: 0, own: true }];
}

/** Hosts that have no public TLS listener. */
function isPrivateHost(host: string): boolean {
  return (
    host === 'localhost' ||
    /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\./.test(host) ||
    /^(::1$|f[cd]|fe[89ab])/.test(host)
  );
}
