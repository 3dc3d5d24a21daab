import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Clock, Logger } from '@heddle/core';
import type { Forward } from '../config/plan.js';
import type { ServeLimits } from '../limits/serve-limits.js';
import { encodeProxyHeader, plain } from '../proxy-protocol/proxy-header.js';
import { deadline } from './deadline.js';
import { dial } from './dial.js';
import { joinStreams } from './join-streams.js';
import type { Visitor } from './visitor.js';
import { cut, type VisitorSocket } from './visitor-socket.js';

export interface ForwardGround {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ServeLimits;
}

type TakesSocket = (socket: VisitorSocket, visitor: Visitor) => void;

/** Hands a connection to its target. When the target is away the visitor sees a reset. */
export async function forwardTcp(
  socket: VisitorSocket,
  visitor: Visitor,
  { target, proxyProtocol }: Forward,
  ground: ForwardGround,
): Promise<void> {
  if (target.kind === 'in-process') return handOver(socket, visitor, target.handler);
  const dialing = deadline(ground.clock, ground.limits.dial);
  // A visitor that goes away while the target is called must not bring the process down.
  socket.on('error', () => {});
  try {
    const back = await dial(target, dialing.signal);
    if (socket.destroyed) return void back.destroy();
    if (proxyProtocol !== 0) back.write(headerFor(proxyProtocol, visitor, back));
    joinStreams(socket, back);
  } catch (error) {
    ground.logger.warn({ target: target.text, error: String(error) }, 'the target of a served port cannot be reached');
    cut(socket);
  } finally {
    dialing.done();
  }
}

/** As Tailscale: the source is the visitor, the destination the node's own address with the port of the target. */
function headerFor(version: 1 | 2, { remote, local }: Visitor, back: Socket): Uint8Array {
  const port = back.remotePort ?? local.port;
  const isIPv6 = plain(remote.address).includes(':');
  const sameFamily = isIPv6 === plain(local.address).includes(':');
  const destination = { address: sameFamily ? local.address : isIPv6 ? '::1' : '127.0.0.1', port };
  return encodeProxyHeader(version, { source: remote, destination });
}

function handOver(socket: VisitorSocket, visitor: Visitor, handler: object): void {
  if (typeof handler === 'function') return (handler as TakesSocket)(socket, visitor);
  (handler as EventEmitter).emit('connection', socket);
}
