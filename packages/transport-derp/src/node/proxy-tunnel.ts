import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyUrl } from '@heddle/wire';
import { RelayFault } from '../fault.js';
import { hostPort, quiet } from './open-tcp.js';

/** Asks an HTTP proxy for a tunnel. Rejects with HEDDLE_DERP_PROXY for any answer but 200. */
export function openTunnel(
  hop: Socket,
  target: { readonly host: string; readonly port: number },
  proxy: ProxyUrl,
  signal: AbortSignal,
): Promise<Socket> {
  const path = hostPort(target.host, target.port);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      hop.destroy();
      const text = `the proxy ${hostPort(proxy.host, proxy.port)} makes no tunnel to ${path}: ${why}`;
      reject(signal.aborted ? signal.reason : new RelayFault('HEDDLE_DERP_PROXY', text));
    };
    const headers = { host: path, ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }) };
    const asked = request({ method: 'CONNECT', path, headers, signal, createConnection: () => hop });
    asked.once('connect', (answer, socket, head) => {
      if (answer.statusCode !== 200) return fail(`HTTP ${answer.statusCode}`);
      if (head.length > 0) socket.unshift(head);
      resolve(quiet(socket as Socket));
    });
    asked.once('response', (answer) => fail(`HTTP ${answer.statusCode}`));
    asked.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    asked.end();
  });
}
