/** Faults of single datagrams that a socket may report and go on, in words. Each has a counter of its own. */
export const SOCKET_FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at the other side',
  ENOBUFS: 'the queue of the network interface is full',
  ENOMEM: 'the kernel has no memory for it',
  EPERM: 'a local firewall forbids it',
  EACCES: 'not permitted, such as a broadcast address',
  ENETUNREACH: 'no route leads there',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETDOWN: 'the network interface is down',
  EADDRNOTAVAIL: 'the address that the socket is bound to is gone',
  EMSGSIZE: 'the datagram is larger than the network takes',
  EINVAL: 'the kernel does not accept the address',
};

/** For the drop table: reasons with what they mean. */
export const FAULT_REASONS: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(SOCKET_FAULTS).map(([code, says]) => [faultReason(code), `the socket answered ${code}: ${says}`]),
  ['socket-other', 'the socket answered with a code that is not in this table; health shows it'],
]);

/** The drop reason under which a fault is counted. */
export function faultReason(code: string): string {
  return Object.hasOwn(SOCKET_FAULTS, code) ? `socket-${code.toLowerCase()}` : 'socket-other';
}

/** `IPv4 EPERM (a local firewall forbids it)`. */
export function faultText(family: 4 | 6, code: string): string {
  const says = SOCKET_FAULTS[code];
  return says === undefined ? `IPv${family} ${code}` : `IPv${family} ${code} (${says})`;
}
