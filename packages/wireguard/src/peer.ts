import type { Bytes } from '@heddle/crypto';
import type { Endpoint, PeerRef } from './contract.js';
import { Conversation, type PeerSurroundings, type Traffic } from './conversation.js';
import type { CookieJar } from './cookie-jar.js';
import type { KeyTable } from './key-table.js';
import type { Keypair } from './keypair.js';
import type { KeypairRotation } from './keypair-rotation.js';
import { NO_PRESHARED_KEY } from './peer-config.js';
import type { PeerHandshake } from './peer-handshake.js';
import type { PeerTimers } from './peer-timers.js';
import type { StagedQueue } from './staged-queue.js';
import { TextSet } from './text-set.js';

/** What an index of ours stands for: a session, or without a key pair the handshake that may become one. */
export interface IndexEntry {
  readonly peer: Peer;
  readonly keypair: Keypair | undefined;
}

/**
 * One peer: how it is configured, and what has been between us since. Sender, receiver and handshakes bring the parts together. It is its
 * own handle, whose owners see number and key; a secret is nothing that anybody sees who prints it.
 */
export class Peer implements PeerRef {
  readonly id: number;
  /** Canonical texts, in the order in which they came. What they mean stands in the device's table. */
  readonly allowedIps: TextSet = new TextSet();
  /** Where the peer was last heard, or before that where it should be. */
  endpoint: Endpoint | undefined;
  /** As configured last: only another one moves the peer. */
  staticEndpoint: Endpoint | undefined;
  removed = false;
  readonly #keys: KeyTable;
  readonly #surroundings: PeerSurroundings;
  #publicKey: Bytes | undefined;
  #presharedKey: Bytes = NO_PRESHARED_KEY;
  #keepalive = 0;
  #conversation: Conversation | undefined;

  /** Its key stands under its number in the table. */
  constructor(id: number, keys: KeyTable, surroundings: PeerSurroundings) {
    this.id = id;
    this.#keys = keys;
    this.#surroundings = surroundings;
  }

  get ref(): PeerRef {
    return this;
  }

  /** Of most peers, nobody asks for it: it is copied out of the table when somebody does. */
  get publicKey(): Bytes {
    this.#publicKey ??= this.#keys.keyOf(this.id);
    return this.#publicKey;
  }

  /** 32 zero bytes: none. */
  get presharedKey(): Bytes {
    return this.#presharedKey;
  }

  set presharedKey(key: Bytes) {
    this.#presharedKey = key;
  }

  /** Undefined as long as nothing has been between us. Who asks for one of its parts begins it. */
  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  /** Milliseconds; 0 is off. */
  get persistentKeepalive(): number {
    return this.#keepalive;
  }

  set persistentKeepalive(interval: number) {
    this.#keepalive = interval;
    if (this.#conversation !== undefined) this.#conversation.timers.persistentKeepalive = interval;
  }

  get timers(): PeerTimers {
    return (this.#conversation ?? this.#begin()).timers;
  }

  get keypairs(): KeypairRotation {
    return (this.#conversation ?? this.#begin()).keypairs;
  }

  get staged(): StagedQueue {
    return (this.#conversation ?? this.#begin()).staged;
  }

  get cookies(): CookieJar {
    return (this.#conversation ?? this.#begin()).cookies;
  }

  get handshake(): PeerHandshake {
    return (this.#conversation ?? this.#begin()).handshake;
  }

  get traffic(): Traffic {
    return (this.#conversation ?? this.#begin()).traffic;
  }

  #begin(): Conversation {
    const conversation = new Conversation(this.publicKey, this.#surroundings);
    conversation.timers.persistentKeepalive = this.#keepalive;
    this.#conversation = conversation;
    return conversation;
  }
}
