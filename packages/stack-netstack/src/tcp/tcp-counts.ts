import type { FlowError } from '@heddle/core';

/** What has become of connections, and what was sent once more. */
export interface TcpCounts {
  /** Handshakes that ended well, begun here. */
  connected: number;
  /** And by the other side. */
  accepted: number;
  /** SYNs that nobody wanted. */
  refused: number;
  cookies: number;
  resent: number;
  timeouts: number;
  /** Connections that are over. */
  readonly ended: Record<FlowError | 'closed', number>;
}

/** All of them zero. */
export function noCounts(): TcpCounts {
  const ended = { closed: 0, refused: 0, unreachable: 0, reset: 0, timeout: 0, aborted: 0 };
  return { connected: 0, accepted: 0, refused: 0, cookies: 0, resent: 0, timeouts: 0, ended };
}
