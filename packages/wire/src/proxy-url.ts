/*
 * A tunnel through an HTTP proxy (RFC 9110 section 9.3.6).
 *
 *   CONNECT host:port HTTP/1.1
 *   Host: host:port
 *   Proxy-Authorization: Basic ...
 */

export interface ProxyUrl {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  /** `Basic ...`; a secret. */
  readonly authorization: string | undefined;
}

/** Undefined for what is no URL of an HTTP proxy. */
export function parseProxyUrl(text: string): ProxyUrl | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  const tls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { tls, host, port: Number(url.port) || (tls ? 443 : 80), authorization: authorizationOf(url) };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const pair = new TextEncoder().encode(`${unescaped(username)}:${unescaped(password)}`);
  return `Basic ${btoa(String.fromCharCode(...pair))}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `host:port`, with brackets around IPv6. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
