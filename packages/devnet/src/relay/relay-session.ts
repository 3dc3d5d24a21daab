import type { Bytes, Random } from '@heddle/core';
import type { Crypto, X25519Key } from '@heddle/crypto';
import {
  DERP_FRAME,
  DERP_KEY,
  decodeDerpClientInfo,
  decodeDerpNotePreferred,
  decodeDerpPing,
  encodeDerpPong,
  encodeDerpServerInfo,
  encodeDerpServerKey,
  looksLikeDisco,
} from '@heddle/wire';
import { hexOf } from '../hex.js';
import type { FrameKind } from './outbox.js';
import { notHere, type RelayMember, type RelayRoom } from './relay-room.js';

/** "Not here" is said three times in a burst, then once a second. */
const NOT_HERE_BURST = 3;
const NOT_HERE_EVERY = 1_000;
const NONCE = 24;
/** As ours, so that nobody is refused for its version. */
const SERVER_INFO = new TextEncoder().encode('{"version":2}');

export interface RelayParts {
  readonly crypto: Crypto;
  readonly key: X25519Key;
  readonly random: Random;
  readonly room: RelayRoom;
  /** Whether a node key may come in. */
  admits(key: string): boolean;
}

/** What one client says, and what follows from it. */
export class RelaySession implements RelayMember {
  key = '';
  keyBytes: Bytes = new Uint8Array(0);
  /** The client calls this relay its home. */
  isHome = false;
  readonly #parts: RelayParts;
  readonly #send: (kind: FrameKind, frame: Bytes) => void;
  #tokens = NOT_HERE_BURST;
  #refilledAt = 0;

  constructor(parts: RelayParts, send: (kind: FrameKind, frame: Bytes) => void) {
    this.#parts = parts;
    this.#send = send;
  }

  /** True when the client has said who it is. */
  get isIn(): boolean {
    return this.key !== '';
  }

  greet(): void {
    this.#send('notice', encodeDerpServerKey(this.#parts.key.publicKey));
  }

  send(kind: FrameKind, frame: Bytes): void {
    this.#send(kind, frame);
  }

  /** False: the connection must end. */
  handle(now: number, type: number, payload: Bytes): boolean {
    if (!this.isIn) return type === DERP_FRAME.clientInfo && this.#enter(payload);
    switch (type) {
      case DERP_FRAME.sendPacket:
        return this.#forward(now, payload);
      case DERP_FRAME.notePreferred:
        return this.#note(decodeDerpNotePreferred(payload));
      case DERP_FRAME.ping:
        return this.#pong(decodeDerpPing(payload));
      case DERP_FRAME.watchConns:
      case DERP_FRAME.closePeer:
      case DERP_FRAME.forwardPacket:
        return false;
      default:
        return true;
    }
  }

  end(): void {
    if (this.isIn) this.#parts.room.leave(this);
  }

  #enter(payload: Bytes): boolean {
    const { crypto, key, random, room, admits } = this.#parts;
    const info = decodeDerpClientInfo(payload);
    const shared = info && crypto.nacl.sharedKey(key, info.nodeKey);
    if (info === undefined || shared === undefined || crypto.nacl.open(shared, info.nonce, info.box) === undefined) return false;
    const name = hexOf(info.nodeKey);
    if (!admits(name)) return false;
    this.key = name;
    this.keyBytes = info.nodeKey;
    room.join(this);
    const nonce = new Uint8Array(NONCE);
    random.fill(nonce);
    this.#send('notice', encodeDerpServerInfo({ nonce, box: crypto.nacl.seal(shared, nonce, SERVER_INFO) }));
    return true;
  }

  #forward(now: number, payload: Bytes): boolean {
    if (payload.length < DERP_KEY) return false;
    const [to, packet] = [payload.subarray(0, DERP_KEY), payload.subarray(DERP_KEY)];
    const went = this.#parts.room.forward(this, hexOf(to), packet);
    if (!went && looksLikeDisco(packet, 0, packet.length) && this.#mayComplain(now)) this.#send('notice', notHere(to));
    return true;
  }

  #note(home: boolean | undefined): boolean {
    this.isHome = home ?? this.isHome;
    return home !== undefined;
  }

  #pong(data: Bytes | undefined): boolean {
    if (data !== undefined) this.#send('notice', encodeDerpPong(data));
    return data !== undefined;
  }

  #mayComplain(now: number): boolean {
    this.#tokens = Math.min(NOT_HERE_BURST, this.#tokens + (now - this.#refilledAt) / NOT_HERE_EVERY);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
