import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { RelayFault } from '../fault.js';

const KEEP_ALIVE_AFTER = 30_000;

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  /** To be used instead of a look-up of the host; none: look it up. */
  readonly addresses: readonly string[];
  /** The only family that is served. */
  readonly family?: 4 | 6;
}

/** A connection. Of several addresses they are tried beside each other, as Node does it. Rejects with a RelayFault, or the signal's reason. */
export function openTcp(target: TcpTarget, signal: AbortSignal | undefined): Promise<Socket> {
  const { host, port, addresses, family } = target;
  return new Promise((resolve, reject) => {
    const socket = connect({
      // Node looks nothing up for a host that is an address itself, and would try no other one.
      host: addresses.length > 0 ? 'relay' : host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_AFTER,
      ...(family !== undefined && { family }),
      ...(addresses.length > 0 && { lookup: lookupIn(addresses) }),
      ...(signal && { signal }),
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      const text = `no connection to ${hostPort(host, port)}: ${error.code ?? error.message}`;
      reject(signal?.aborted ? signal.reason : new RelayFault('HEDDLE_DERP_UNREACHABLE', text, error));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      resolve(quiet(socket));
    });
  });
}

/** An error that comes while nobody looks must not reach the process: who uses the socket sees its close. */
export function quiet<T extends Socket>(socket: T): T {
  return socket.on('error', () => {});
}

export function hostPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function lookupIn(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    if (options.all) done(null, all);
    else done(null, all[0]!.address, all[0]!.family);
  };
}
