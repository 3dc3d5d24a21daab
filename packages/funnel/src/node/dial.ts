import { connect, type Socket } from 'node:net';
import type { TcpTarget } from '../config/plan.js';

/** Opens a connection to a target of this machine or its network. Rejects when it is refused, or when the signal aborts. */
export function dial(target: Exclude<TcpTarget, { kind: 'in-process' }>, signal: AbortSignal): Promise<Socket> {
  const socket = connect({
    ...(target.kind === 'unix' ? { path: target.path } : { host: target.host, port: target.port }),
    allowHalfOpen: true,
  });
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void socket.destroy(new Error('the target did not answer in time'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', reject).once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
