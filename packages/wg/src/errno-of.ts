/** What UAPI answers when the system refuses a socket, by Node's name of the fault. */
const ERRNO: Readonly<Record<string, number>> = { EPERM: -1, EACCES: -13, EADDRINUSE: -98, EADDRNOTAVAIL: -99, ENOTSUP: -95 };

/** wireguard-go's answer for what has no name here. */
const OTHER = -5;

/** Looks through the causes of an error. */
export function errnoOf(error: unknown): number {
  for (let at = error; at instanceof Error; at = at.cause) {
    const errno = ERRNO[(at as { code?: string }).code ?? ''];
    if (errno !== undefined) return errno;
  }
  return OTHER;
}
