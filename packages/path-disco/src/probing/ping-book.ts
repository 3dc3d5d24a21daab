import type { Bytes } from '@heddle/wire';
import { PING_TIMEOUT } from './constants.js';

/** A ping that waits for its pong. */
export interface SentPing {
  readonly to: string;
  readonly at: number;
}

const TX_ID = 12;

/** Pings on their way. Each is answered once, within its time, or is lost. */
export class PingBook {
  /** In the order in which they were sent, which is that in which they time out. */
  readonly #sent = new Map<string, SentPing>();
  readonly #random: (into: Bytes) => void;

  constructor(random: (into: Bytes) => void) {
    this.#random = random;
  }

  /** The tx id of a new ping. */
  send(now: number, to: string): Bytes {
    const txId = new Uint8Array(TX_ID);
    this.#random(txId);
    this.#sent.set(keyOf(txId), { to, at: now });
    return txId;
  }

  /** The ping that this tx id belongs to; it is answered now. */
  take(txId: Bytes): SentPing | undefined {
    const key = keyOf(txId);
    const ping = this.#sent.get(key);
    this.#sent.delete(key);
    return ping;
  }

  has(txId: Bytes): boolean {
    return this.#sent.has(keyOf(txId));
  }

  /** Takes out what nobody has answered in time. */
  lost(now: number): readonly SentPing[] {
    const lost: SentPing[] = [];
    for (const [key, ping] of this.#sent) {
      if (now < ping.at + PING_TIMEOUT) break;
      lost.push(ping);
      this.#sent.delete(key);
    }
    return lost;
  }

  /** When the oldest that is not answered was sent there, at or after a time. */
  waitingSince(to: string, from: number): number | undefined {
    for (const ping of this.#sent.values()) if (ping.to === to && ping.at >= from) return ping.at;
    return undefined;
  }

  get nextLoss(): number {
    const first = this.#sent.values().next().value;
    return first === undefined ? Infinity : first.at + PING_TIMEOUT;
  }

  /** What was sent before proves nothing any more. */
  clear(): void {
    this.#sent.clear();
  }
}

/** Bytes as a key of a map. */
export function keyOf(bytes: Bytes): string {
  let key = '';
  for (let i = 0; i < bytes.length; i++) key += String.fromCharCode(bytes[i]!);
  return key;
}
