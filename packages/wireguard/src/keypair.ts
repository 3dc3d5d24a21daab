import type { Bytes, PacketAead } from '@heddle/crypto';
import { REJECT_AFTER_TIME } from './protocol-times.js';
import { ReplayWindow } from './replay-window.js';

const TWO_32 = 2 ** 32;
/** WireGuard paper 6.2: 2^60. Only the high word decides. */
const REKEY_AFTER_HI = 2 ** 28;
/** WireGuard paper 6.2: REJECT_AFTER_MESSAGES is 2^64 - 2^13 - 1. */
const REJECT_HI = 0xffffffff;
const REJECT_LO = 0xffffdfff;

/** True for a counter that no message may carry. */
export function counterRejected(hi: number, lo: number): boolean {
  return hi === REJECT_HI && lo >= REJECT_LO;
}

/** What a handshake has led to. */
export interface SessionKeys {
  readonly send: Bytes;
  readonly receive: Bytes;
  readonly localIndex: number;
  readonly remoteIndex: number;
  readonly isInitiator: boolean;
}

/** The keys of one session and all that is counted under them. */
export class Keypair {
  readonly localIndex: number;
  readonly remoteIndex: number;
  readonly isInitiator: boolean;
  readonly sendSlot: number;
  readonly receiveSlot: number;
  readonly replay: ReplayWindow = new ReplayWindow();
  /** Counter of the next message, in two words: 2^64 has no exact number. */
  sendHi = 0;
  sendLo = 0;
  #createdAt: number;

  constructor(aead: PacketAead, now: number, keys: SessionKeys) {
    this.localIndex = keys.localIndex;
    this.remoteIndex = keys.remoteIndex;
    this.isInitiator = keys.isInitiator;
    this.sendSlot = aead.load(keys.send);
    this.receiveSlot = aead.load(keys.receive);
    this.#createdAt = now;
  }

  /** Wipes the keys; the pair must not be used afterwards. */
  unload(aead: PacketAead): void {
    aead.unload(this.sendSlot);
    aead.unload(this.receiveSlot);
  }

  /** Takes the counter of one message. */
  countSent(): void {
    this.sendLo = (this.sendLo + 1) >>> 0;
    if (this.sendLo === 0) this.sendHi++;
  }

  /** How many messages may still be sent; only exact where it matters. */
  get remaining(): number {
    if (this.sendHi < REJECT_HI - 1) return Number.POSITIVE_INFINITY;
    return Math.max(0, (REJECT_HI - this.sendHi) * TWO_32 + REJECT_LO - this.sendLo);
  }

  /** WireGuard paper 6.2: so many messages were sent that a new session is due. */
  get isWorn(): boolean {
    return this.sendHi > REKEY_AFTER_HI || (this.sendHi === REKEY_AFTER_HI && this.sendLo > 0);
  }

  /** Never sends again; what the peer still sends may be received. */
  exhaust(): void {
    this.sendHi = REJECT_HI;
    this.sendLo = REJECT_LO;
  }

  isExpired(now: number): boolean {
    return this.isOlder(now, REJECT_AFTER_TIME);
  }

  isOlder(now: number, age: number): boolean {
    return now - this.#createdAt >= age;
  }

  /** Time that passed while the monotonic clock stood still. */
  addAge(milliseconds: number): void {
    this.#createdAt -= milliseconds;
  }

  canSend(now: number): boolean {
    return this.remaining > 0 && !this.isExpired(now);
  }
}
