import type { Bytes, Crypto } from '@heddle/crypto';
import { CookieJar } from './cookie-jar.js';
import type { Keypair } from './keypair.js';
import { KeypairRotation } from './keypair-rotation.js';
import { PeerHandshake } from './peer-handshake.js';
import { PeerTimers } from './peer-timers.js';
import { StagedQueue } from './staged-queue.js';

/** What is counted for the status of a peer. */
export interface Traffic {
  rxBytes: number;
  txBytes: number;
  /** Wall-clock milliseconds; 0: never. */
  lastHandshake: number;
}

/** What a peer needs from the device it lives in. */
export interface PeerSurroundings {
  readonly crypto: Crypto;
  readonly stagedPackets: number;
  readonly stagedBytes: number;
  readonly jitter: () => number;
  readonly discard: (keypair: Keypair) => void;
}

/** All that is between us and a peer: begun with the first packet or handshake, because of many peers few are spoken to. */
export class Conversation {
  readonly timers: PeerTimers;
  readonly keypairs: KeypairRotation;
  readonly staged: StagedQueue;
  readonly cookies: CookieJar;
  readonly handshake: PeerHandshake = new PeerHandshake();
  readonly traffic: Traffic = { rxBytes: 0, txBytes: 0, lastHandshake: 0 };

  constructor(publicKey: Bytes, { crypto, stagedPackets, stagedBytes, jitter, discard }: PeerSurroundings) {
    this.timers = new PeerTimers(jitter);
    this.keypairs = new KeypairRotation(discard);
    this.staged = new StagedQueue(stagedPackets, stagedBytes);
    this.cookies = new CookieJar(crypto, publicKey);
  }
}
