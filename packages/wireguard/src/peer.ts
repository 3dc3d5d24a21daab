import type { Bytes, Crypto } from '@heddle/crypto';
import type { Endpoint, PeerRef } from './contract.js';
import { CookieJar } from './cookie-jar.js';
import type { Keypair } from './keypair.js';
import { KeypairRotation } from './keypair-rotation.js';
import { NO_PRESHARED_KEY } from './peer-config.js';
import { PeerHandshake } from './peer-handshake.js';
import { PeerTimers } from './peer-timers.js';
import { StagedQueue } from './staged-queue.js';

/** What an index of ours stands for: a session, or without a key pair the handshake that may become one. */
export interface IndexEntry {
  readonly peer: Peer;
  readonly keypair: Keypair | undefined;
}

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

/** The state of one peer. Its parts have the rules; sender, receiver and handshakes bring them together. */
export class Peer {
  readonly ref: PeerRef;
  readonly timers: PeerTimers;
  readonly keypairs: KeypairRotation;
  readonly staged: StagedQueue;
  readonly traffic: Traffic = { rxBytes: 0, txBytes: 0, lastHandshake: 0 };
  /** Canonical texts, in the order in which they came. What they mean stands in the device's table. */
  readonly allowedIps: Set<string> = new Set();
  /** Where the peer was last heard, or before that where it should be. */
  endpoint: Endpoint | undefined;
  /** As configured last: only another one moves the peer. */
  staticEndpoint: Endpoint | undefined;
  /** 32 zero bytes: none. */
  presharedKey: Bytes = NO_PRESHARED_KEY;
  removed = false;
  readonly #crypto: Crypto;
  /** Made when first needed: of many peers, few are spoken to. */
  #cookies: CookieJar | undefined;
  #handshake: PeerHandshake | undefined;

  constructor(ref: PeerRef, surroundings: PeerSurroundings) {
    this.ref = ref;
    this.timers = new PeerTimers(surroundings.jitter);
    this.keypairs = new KeypairRotation(surroundings.discard);
    this.staged = new StagedQueue(surroundings.stagedPackets, surroundings.stagedBytes);
    this.#crypto = surroundings.crypto;
  }

  get cookies(): CookieJar {
    this.#cookies ??= new CookieJar(this.#crypto, this.ref.publicKey);
    return this.#cookies;
  }

  get handshake(): PeerHandshake {
    this.#handshake ??= new PeerHandshake();
    return this.#handshake;
  }
}
