import type { ProxyTarget, TcpTarget } from './plan.js';

/** `host:port` or `[address]:port`, split; undefined: it is not that. */
export function splitHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^:/\s[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match === null || !isPort(port) ? undefined : { host: match[1] ?? match[2]!, port };
}

/** The two as one text, which splitHostPort reads. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A name as names are compared: in small letters, without the dot at the end. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

/** Where TCPForward points to: `host:port`, a bare port of this machine, or `unix:/path`. */
export function parseTcpTarget(text: string): TcpTarget | undefined {
  if (text.startsWith('unix:')) return text.length > 5 ? { kind: 'unix', path: text.slice(5), text } : undefined;
  const at = splitHostPort(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text);
  return at === undefined ? undefined : { kind: 'address', ...at, host: at.host === '' ? '127.0.0.1' : at.host, text };
}

/** Where Proxy points to: a bare port, `host:port`, an http(s) URL, `https+insecure://…`, or `unix:/path`. */
export function parseProxyTarget(text: string, acceptAppCaps: readonly string[] = []): ProxyTarget | undefined {
  if (text.startsWith('unix:')) return unixTarget(text, acceptAppCaps);
  const insecure = text.startsWith('https+insecure://');
  const url = parseUrl(insecure ? text.replace('https+insecure', 'https') : withScheme(text));
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  const secure = url.protocol === 'https:';
  return {
    kind: 'proxy',
    text,
    secure,
    insecure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname,
    query: url.search,
    acceptAppCaps,
  };
}

/** A status of 3xx before a colon, else 302. */
export function parseRedirect(text: string): { readonly kind: 'redirect'; readonly status: number; readonly to: string } {
  const match = /^(3\d\d):/.exec(text);
  return match === null ? { kind: 'redirect', status: 302, to: text } : { kind: 'redirect', status: Number(match[1]), to: text.slice(4) };
}

function withScheme(text: string): string {
  if (/^[a-z+]*:\/\//i.test(text)) return text;
  return /^\d+$/.test(text) ? `http://127.0.0.1:${text}` : `http://${text}`;
}

function parseUrl(text: string): URL | undefined {
  // A URL skips slashes: a path that is taken for one would be a host.
  if (!/^https?:\/\/[^/\\]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.hostname === '' || url.port === '0' ? undefined : url;
}

function unixTarget(text: string, acceptAppCaps: readonly string[]): ProxyTarget | undefined {
  const socketPath = text.slice(5);
  if (socketPath === '') return undefined;
  const nowhere = { secure: false, insecure: false, host: 'localhost', port: 80, path: '/', query: '' };
  return { kind: 'proxy', text, ...nowhere, socketPath, acceptAppCaps };
}
