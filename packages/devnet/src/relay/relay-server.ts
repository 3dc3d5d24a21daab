import type { Bytes, Clock, Flow } from '@heddle/core';
import { RelayLine } from './relay-line.js';
import { RelayRoom } from './relay-room.js';
import type { RelayParts } from './relay-session.js';

export type RelayServerParts = Omit<RelayParts, 'room'> & { readonly clock: Clock };

/** A DERP server of one region without mesh, over any streams: sockets of a machine or of a simulated network. */
export class RelayServer {
  readonly room: RelayRoom = new RelayRoom();
  readonly #parts: RelayServerParts;
  readonly #lines = new Set<RelayLine>();

  constructor(parts: RelayServerParts) {
    this.#parts = parts;
  }

  /** Its public key. */
  get key(): Bytes {
    return this.#parts.key.publicKey;
  }

  /** Serves a connection until it ends. */
  readonly accept = (flow: Flow): void => {
    const line = new RelayLine(flow, { ...this.#parts, room: this.room }, this.#parts.clock, () => this.#lines.delete(line));
    this.#lines.add(line);
    line.start();
  };

  /** Ends every connection. */
  close(): void {
    for (const line of this.#lines) line.end();
  }
}
