import type { Duplex } from 'node:stream';

/** A connection of a visitor: of this node's Stack, of the kernel, or TLS over one of them. */
export type VisitorSocket = Duplex & { setTimeout?(milliseconds: number): unknown; resetAndDestroy?(): unknown };

/** Writes the last word and ends; whoever goes on sending is cut off. */
export function lastWord(socket: VisitorSocket, bytes: Uint8Array | string): void {
  socket.on('error', () => {});
  socket.resume();
  socket.end(bytes, () => socket.destroy());
}

/** An end without a word; a reset where the connection can. */
export function cut(socket: VisitorSocket): void {
  socket.on('error', () => {});
  if (socket.resetAndDestroy !== undefined && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}
