import type { EventEmitter } from 'node:events';
import { FlowServer, type ServerGround, type ServerOptions } from './flow-server.js';

/** The servers of http have this; an idle connection would hold `close` up until it times out. */
interface KeepsAlive {
  closeIdleConnections?(): void;
}

/** A server on the node's Stack whose connections a server of Node takes: that of http, https, http2, tls or net. */
export function servedBy(server: EventEmitter & KeepsAlive, ground: ServerGround, options: ServerOptions = {}): FlowServer {
  const front = new FlowServer(
    ground,
    options,
    (socket) => void server.emit('connection', socket),
    () => server.closeIdleConnections?.(),
  );
  // That is when http begins to watch for requests that do not end.
  return front.on('listening', () => server.emit('listening'));
}
