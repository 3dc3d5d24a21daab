import { createRequire } from 'node:module';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { HeddleError } from '../../errors/heddle-error.js';
import type { Connect } from './agents.js';
import type { FlowSocket } from './flow-socket.js';

/** What undici calls a dispatcher, as `fetch` takes it in Node. */
export type Dispatcher = RequestInit extends { dispatcher?: infer D } ? NonNullable<D> : object;

/** The part of the undici package that is used. */
export interface Undici {
  readonly Agent: new (options: never) => object;
  readonly fetch?: typeof globalThis.fetch;
}

/** Where undici wants to connect to. */
export interface UndiciTarget {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string | null;
}

type Connected = (error: Error | null, socket: FlowSocket | TLSSocket | null) => void;

/** The undici that the application installed: an optional peer, loaded when it is first needed. */
export function installedUndici(): Undici {
  try {
    return createRequire(import.meta.url)('undici') as Undici;
  } catch (cause) {
    throw new HeddleError('HEDDLE_UNSUPPORTED', 'fetch() and dispatcher() need undici, which is not installed: npm install undici@7', {
      cause,
    });
  }
}

/** For undici's option `connect`: opens the connection over the node, with TLS on top for https. */
export function undiciConnector(connect: Connect, tls: object): (target: UndiciTarget, connected: Connected) => void {
  return ({ hostname, protocol, port, servername }, connected) => {
    const secure = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: port === '' ? (secure ? 443 : 80) : port });
    if (!secure) return settle(socket, 'connect', connected);
    const name = servername ?? host;
    settle(
      tlsConnect({ ALPNProtocols: ['http/1.1'], ...tls, ...(name.includes(':') ? {} : { servername: name }), socket }),
      'secureConnect',
      connected,
    );
  };
}

function settle(socket: FlowSocket | TLSSocket, event: 'connect' | 'secureConnect', connected: Connected): void {
  const failed = (error: Error): void => connected(error, null);
  socket.once('error', failed).once(event, () => {
    socket.off('error', failed);
    connected(null, socket);
  });
}
