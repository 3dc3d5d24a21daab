/** True for names and addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const name = bare(host);
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * True when a Host header names this endpoint. A web page whose name was bent to this machine sends its own name, and gets nothing.
 * Whoever writes the address that he came to (`at`) has no such name, and at 0.0.0.0 it may be any of the machine.
 * The port is not looked at: a tunnel or a container may show another one.
 */
export function isAskedFor(header: string | undefined, names: ReadonlySet<string>, at?: string): boolean {
  const host = hostOf(header ?? '');
  return host !== undefined && (isLoopback(host) || names.has(host) || host === at?.toLowerCase().replace(MAPPED, ''));
}

/** IPv4 at a socket for both families. */
const MAPPED = /^::ffff:(?=\d+\.)/;

/** A host as it is compared: in small letters, without the brackets of IPv6 and the last dot. */
export function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** The host of `host`, `host:port`, `[v6]` or `[v6]:port`. */
function hostOf(header: string): string | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.exec(header)?.[1];
  return found === undefined ? undefined : bare(found);
}
