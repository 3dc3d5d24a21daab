import type { Bytes, Random } from '@heddle/core';
import type { Nacl, X25519Key } from '@heddle/crypto';
import {
  DERP_FRAME,
  decodeDerpHealth,
  decodeDerpPeerGone,
  decodeDerpPing,
  decodeDerpRestarting,
  decodeDerpServerInfo,
  decodeDerpServerKey,
  encodeDerpClientInfo,
  encodeDerpNotePreferred,
  encodeDerpPing,
  encodeDerpPong,
} from '@heddle/wire';
import { encodeClientInfo, readServerInfo } from './server-info.js';
import type { RateLimit } from './token-bucket.js';

/** Silence after which the server is asked whether it is there. */
export const ASK_AFTER = 5_000;
/** Silence after the question that ends the connection: a relay that died is given up within ten seconds. */
export const ANSWER_WITHIN = 4_000;
/** Round trips are measured this often, also in traffic. */
const MEASURE_EVERY = 60_000;
const NONCE = 24;

export type SessionAction =
  | { readonly type: 'write'; readonly bytes: Bytes }
  | { readonly type: 'ready'; readonly rate: RateLimit | undefined }
  | { readonly type: 'latency'; readonly milliseconds: number }
  /** Empty: the server is well again. */
  | { readonly type: 'health'; readonly text: string }
  | { readonly type: 'restarting'; readonly reconnectIn: number; readonly tryFor: number }
  | { readonly type: 'peer-gone'; readonly key: Bytes; readonly reason: number }
  | { readonly type: 'close'; readonly why: string };

export interface SessionOptions {
  /** The node key. */
  readonly key: X25519Key;
  readonly nacl: Nacl;
  readonly random: Random;
  /** Whether this region is the node's home. */
  readonly home: boolean;
}

const NOTHING: readonly SessionAction[] = [];

/**
 * One connection to a relay, from its first frame on. Packets do not pass through here, only whether they may.
 *
 *   greeting ── ServerKey ──> sealed ── ServerInfo ──> ready ──> over
 */
export class RelaySession {
  readonly #options: SessionOptions;
  #state: 'greeting' | 'sealed' | 'ready' | 'over' = 'greeting';
  #home: boolean;
  #shared: Bytes | undefined;
  #heardAt: number;
  #ping: { readonly data: Bytes; readonly sentAt: number } | undefined;
  #measuredAt = Number.NEGATIVE_INFINITY;

  constructor(options: SessionOptions, now: number) {
    this.#options = options;
    this.#home = options.home;
    this.#heardAt = now;
  }

  /** Packets may be sent, and received ones are to be believed. */
  get isReady(): boolean {
    return this.#state === 'ready';
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  /** Something came: called once for what one read brought. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** A frame that is no packet. */
  handle(now: number, type: number, payload: Bytes): readonly SessionAction[] {
    if (this.#state === 'over') return NOTHING;
    if (this.#state === 'greeting') return type === DERP_FRAME.serverKey ? this.#greet(payload) : this.#end('a frame before its key');
    switch (type) {
      case DERP_FRAME.serverInfo:
        return this.#state === 'sealed' ? this.#informed(now, payload) : NOTHING;
      case DERP_FRAME.ping:
        return answer(payload);
      case DERP_FRAME.pong:
        return this.#answered(now, payload);
      default:
        return notice(type, payload);
    }
  }

  /** Whether this is the node's home has changed. */
  prefer(home: boolean): readonly SessionAction[] {
    if (home === this.#home) return NOTHING;
    this.#home = home;
    return this.isReady ? [{ type: 'write', bytes: encodeDerpNotePreferred(home) }] : NOTHING;
  }

  /** The network may have changed: ask at once whether the server is there. */
  probe(now: number): readonly SessionAction[] {
    return this.isReady && this.#ping === undefined ? this.#ask(now) : NOTHING;
  }

  /** Does what is due. Calling it early is harmless. */
  tick(now: number): readonly SessionAction[] {
    if (now < this.nextDeadline()) return NOTHING;
    return this.#ping === undefined ? this.#ask(now) : this.#unanswered(now);
  }

  /** When to call tick next. */
  nextDeadline(): number {
    if (this.#state !== 'ready') return Number.POSITIVE_INFINITY;
    if (this.#ping !== undefined) return this.#ping.sentAt + ANSWER_WITHIN;
    return Math.min(this.#heardAt + ASK_AFTER, this.#measuredAt + MEASURE_EVERY);
  }

  #greet(payload: Bytes): readonly SessionAction[] {
    const serverKey = decodeDerpServerKey(payload);
    if (serverKey === undefined) return this.#end('no key of a DERP server');
    const { key, nacl, random } = this.#options;
    this.#shared = nacl.sharedKey(key, serverKey);
    if (this.#shared === undefined) return this.#end('a key that is none');
    this.#state = 'sealed';
    const nonce = new Uint8Array(NONCE);
    random.fill(nonce);
    const box = nacl.seal(this.#shared, nonce, encodeClientInfo());
    return [{ type: 'write', bytes: encodeDerpClientInfo({ nodeKey: key.publicKey, nonce, box }) }];
  }

  #informed(now: number, payload: Bytes): readonly SessionAction[] {
    const sealed = decodeDerpServerInfo(payload);
    const plain = sealed && this.#options.nacl.open(this.#shared!, sealed.nonce, sealed.box);
    const info = plain && readServerInfo(plain);
    if (info === undefined) return this.#end('a greeting that cannot be read');
    this.#state = 'ready';
    const home: readonly SessionAction[] = this.#home ? [{ type: 'write', bytes: encodeDerpNotePreferred(true) }] : NOTHING;
    return [...home, { type: 'ready', rate: info.rate }, ...this.#ask(now)];
  }

  #ask(now: number): readonly SessionAction[] {
    const data = new Uint8Array(8);
    this.#options.random.fill(data);
    this.#ping = { data, sentAt: now };
    return [{ type: 'write', bytes: encodeDerpPing(data) }];
  }

  #answered(now: number, payload: Bytes): readonly SessionAction[] {
    const data = decodeDerpPing(payload);
    const ping = this.#ping;
    if (ping === undefined || data === undefined || ping.data.some((byte, i) => byte !== data[i])) return NOTHING;
    this.#ping = undefined;
    this.#measuredAt = now;
    return [{ type: 'latency', milliseconds: now - ping.sentAt }];
  }

  /** Anything that came since counts as an answer: busy servers drop pings. */
  #unanswered(now: number): readonly SessionAction[] {
    const alive = this.#heardAt > this.#ping!.sentAt;
    this.#ping = undefined;
    if (!alive) return this.#end('silence');
    this.#measuredAt = now;
    return NOTHING;
  }

  #end(why: string): readonly SessionAction[] {
    this.#state = 'over';
    return [{ type: 'close', why }];
  }
}

function answer(payload: Bytes): readonly SessionAction[] {
  const data = decodeDerpPing(payload);
  return data === undefined ? NOTHING : [{ type: 'write', bytes: encodeDerpPong(data) }];
}

function notice(type: number, payload: Bytes): readonly SessionAction[] {
  if (type === DERP_FRAME.health) return [{ type: 'health', text: decodeDerpHealth(payload) }];
  if (type === DERP_FRAME.restarting) {
    const times = decodeDerpRestarting(payload);
    return times === undefined ? NOTHING : [{ type: 'restarting', ...times }];
  }
  const gone = type === DERP_FRAME.peerGone ? decodeDerpPeerGone(payload) : undefined;
  return gone === undefined ? NOTHING : [{ type: 'peer-gone', ...gone }];
}
