import { chooseCrypto } from '@heddle/crypto';
import { type Bytes, type DiscoMessage, parseAddressPort } from '@heddle/wire';
import { DiscoBoxes } from '../src/disco-boxes.js';
import { Inbox, type Source } from '../src/inbox.js';
import { type KnownPeer, PeerDirectory } from '../src/peer-directory.js';
import { PeerProber } from '../src/probing/peer-prober.js';

const crypto = chooseCrypto();

/** Random bytes that are the same in every run, and never the same twice in one. */
export function counting(): (into: Bytes) => void {
  let next = 0;
  return (into) => {
    for (let i = 0; i < into.length; i++) into[i] = (next >>> (8 * (i % 4))) & 0xff;
    next += 1;
  };
}

export function boxesOf(seed: number): DiscoBoxes {
  return new DiscoBoxes(crypto, new Uint8Array(32).fill(seed), counting());
}

/** The node key of the member with this seed; any 32 bytes will do. */
export function nodeKeyOf(seed: number): Bytes {
  return new Uint8Array(32).fill(seed).fill(0xee, 0, 1);
}

/** A node that knows some peers by seed, and hears what they send. */
export class Post {
  readonly boxes = boxesOf(1);
  readonly peers = new PeerDirectory();
  readonly inbox = new Inbox(this.peers, this.boxes, 'udp');
  readonly #senders = new Map<number, DiscoBoxes>();

  constructor(...seeds: readonly number[]) {
    for (const seed of seeds) this.know(seed, seed);
  }

  know(seed: number, disco: number): KnownPeer {
    const peer = {
      id: `p${seed}`,
      nodeKey: nodeKeyOf(seed),
      discoKey: this.sender(disco).publicKey,
      homeRelay: `relay:${seed}`,
      prober: new PeerProber(0, counting()),
    };
    this.peers.set(peer);
    return peer;
  }

  sender(seed: number): DiscoBoxes {
    const sender = this.#senders.get(seed) ?? boxesOf(seed);
    this.#senders.set(seed, sender);
    return sender;
  }

  /** What the inbox says to a message that the owner of a disco key sent to us. */
  hears(disco: number, message: DiscoMessage, from: Partial<Source> = {}, now = 0): ReturnType<Inbox['receive']> {
    return this.inbox.receive(now, { ...DIRECT, ...from }, this.sender(disco).seal(message, this.boxes.publicKey)!);
  }
}

const DIRECT: Source = { text: 'udp:192.0.2.9:9', limitKey: '192.0.2.9', relay: false };

/** From the relay, which vouches for this member. */
export function byRelay(seed: number): Source {
  return { text: `relay:${seed}`, limitKey: `relay:${seed}`, relay: true, nodeKey: nodeKeyOf(seed) };
}

export function ping(nodeKey: Bytes | undefined, tx = 1): DiscoMessage {
  return { type: 'ping', txId: new Uint8Array(12).fill(tx & 0xff).fill(tx >> 8, 0, 1), nodeKey };
}

export function call(...places: readonly string[]): DiscoMessage {
  return { type: 'call-me-maybe', endpoints: places.map((place) => parseAddressPort(place)!) };
}
