import { type AddressPort, type Bytes, type DiscoMessage, type DiscoPing, decodeDiscoPacket, formatAddressPort } from '@heddle/wire';
import type { DiscoBoxes } from './disco-boxes.js';
import { DuplicateWatch } from './duplicate-watch.js';
import { isCallable } from './paths/address-class.js';
import type { KnownPeer, PeerDirectory } from './peer-directory.js';
import { CALLED_MAX, OPENS_PER_SECOND, PONGS_PER_SECOND, SOURCES_MAX } from './probing/constants.js';
import type { Input } from './probing/peer-prober.js';
import { keyOf } from './probing/ping-book.js';
import { SourceLimits } from './probing/token-bucket.js';

/** Where a datagram came from, as its Bind says it. */
export interface Source {
  readonly text: string;
  readonly limitKey: string;
  readonly relay: boolean;
  /** Whom the relay vouches for. */
  readonly nodeKey?: Bytes | undefined;
}

/** Why a datagram is refused: the reasons of the drop table. */
export type Refusal = keyof typeof REFUSALS;

/** What each reason means. */
export const REFUSALS = {
  'not-disco': 'begins as disco does, and is too short or of an unknown kind',
  'unknown-key': 'sent with a disco key that no peer has',
  'too-many': 'more from one source than is opened or answered in a second',
  forged: 'the box was not made by its sender for this node',
  'wrong-peer': 'the relay, or the ping itself, names another node than the disco key',
  'unasked-pong': 'answers no ping of ours, or came too late',
  'call-not-by-relay': 'a call-me-maybe that did not come from the peer by a relay',
  'relay-protocol': 'about relaying over UDP, which this node does not do',
} as const;

/** An event for the prober of one peer. */
export interface Delivery {
  readonly peer: KnownPeer;
  readonly input: Input;
}

/** Decides what a received datagram means and for whom, or why it is refused. Strangers cost a look at a table, and no box. */
export class Inbox {
  readonly #peers: PeerDirectory;
  readonly #boxes: DiscoBoxes;
  readonly duplicates: DuplicateWatch = new DuplicateWatch();
  readonly #opens = new SourceLimits(OPENS_PER_SECOND, SOURCES_MAX);
  readonly #pongs = new SourceLimits(PONGS_PER_SECOND, SOURCES_MAX);
  readonly #scheme: string;

  /** `scheme` is that of the Bind that reaches an address and a port. */
  constructor(peers: PeerDirectory, boxes: DiscoBoxes, scheme: string) {
    this.#peers = peers;
    this.#boxes = boxes;
    this.#scheme = scheme;
  }

  receive(now: number, from: Source, datagram: Bytes): Delivery | Refusal {
    const packet = decodeDiscoPacket(datagram);
    if (packet === undefined) return 'not-disco';
    const senders = this.#peers.ofDiscoKey(packet.sender);
    this.#watch(now, from, packet.sender);
    if (senders.length === 0) return 'unknown-key';
    if (!this.#opens.take(now, from.limitKey)) return 'too-many';
    const message = this.#boxes.open(packet);
    if (message === undefined) return 'not-disco';
    return message === 'forged' ? message : this.#understand(now, from, senders, message);
  }

  #understand(now: number, from: Source, senders: readonly KnownPeer[], message: DiscoMessage): Delivery | Refusal {
    const { text, relay } = from;
    switch (message.type) {
      case 'ping':
        return this.#pong(now, from, meant(from, senders, message), message);
      case 'pong': {
        const peer = senders.find(({ prober }) => prober.awaits(message.txId));
        const source = formatAddressPort(message.source);
        return peer === undefined ? 'unasked-pong' : { peer, input: { type: 'pong', from: text, relay, txId: message.txId, source } };
      }
      case 'call-me-maybe':
        return called(from, senders, this.#texts(message.endpoints));
      default:
        return 'relay-protocol';
    }
  }

  #pong(now: number, { text, relay, limitKey }: Source, peer: KnownPeer | undefined, { txId }: DiscoPing): Delivery | Refusal {
    if (peer === undefined) return 'wrong-peer';
    if (!this.#pongs.take(now, limitKey)) return 'too-many';
    return { peer, input: { type: 'ping', from: text, relay, txId } };
  }

  /** Each place once, without those that are nobody's. */
  #texts(named: readonly AddressPort[]): readonly string[] {
    const callable = named.filter(({ address, port }) => isCallable(address, port));
    return [...new Set(callable.map((place) => `${this.#scheme}:${formatAddressPort(place)}`))].slice(0, CALLED_MAX);
  }

  /** A relay that vouches for a node key under another disco key than control knows: a restart, or somebody else with the same key. */
  #watch(now: number, { nodeKey }: Source, sender: Bytes): void {
    const peer = nodeKey && this.#peers.ofNodeKey(nodeKey);
    if (peer !== undefined) this.duplicates.heard(now, peer.id, sameKey(peer.discoKey, sender));
  }
}

/** The one peer that a ping can be of; undefined when it says otherwise, or does not say enough. */
function meant({ nodeKey, relay }: Source, senders: readonly KnownPeer[], ping: DiscoPing): KnownPeer | undefined {
  const keys = [relay ? nodeKey : undefined, ping.nodeKey].filter((key) => key !== undefined);
  const fitting = senders.filter((peer) => keys.every((key) => sameKey(peer.nodeKey, key)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Only by a relay that vouches for the peer: whoever makes us ping places has to be who the disco key says. */
function called({ text, relay, nodeKey }: Source, senders: readonly KnownPeer[], endpoints: readonly string[]): Delivery | Refusal {
  const isSender = (peer: KnownPeer): boolean => (nodeKey === undefined ? peer.homeRelay === text : sameKey(peer.nodeKey, nodeKey));
  const peer = relay ? senders.find(isSender) : undefined;
  return peer === undefined ? 'call-not-by-relay' : { peer, input: { type: 'call-me-maybe', endpoints } };
}

function sameKey(a: Bytes, b: Bytes): boolean {
  return keyOf(a) === keyOf(b);
}
