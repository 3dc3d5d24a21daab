import type { Bytes } from '@heddle/crypto';
import { type IkProtocol, IkResponder } from '@heddle/crypto/noise';
import { cookieReplyReceiver, MESSAGE_COOKIE_REPLY, MESSAGE_INITIATION, messageType, responseReceiver, senderIndex } from '@heddle/wire';
import type { DropReason, Endpoint } from './contract.js';
import type { Device } from './device.js';
import { initiationBody, responseBody, writeResponse } from './handshake-message.js';
import type { HandshakeQueue, QueuedMessage } from './handshake-queue.js';
import type { Identity } from './identity.js';
import { Keypair } from './keypair.js';
import type { Peer } from './peer.js';
import { RateLimiter } from './rate-limiter.js';
import type { Sender } from './sender.js';

const KEY = 32;
/** Messages that cost no key agreement, per one that does. */
const CHEAP_PER_DEAR = 16;

/** Works on queued handshake messages: cheap checks first, key agreement only for those who pass them. */
export class HandshakeWorker {
  readonly #device: Device;
  readonly #protocol: IkProtocol;
  readonly #queue: HandshakeQueue;
  readonly #sender: Sender;
  readonly #limiter: RateLimiter;

  constructor(device: Device, protocol: IkProtocol, queue: HandshakeQueue, sender: Sender) {
    this.#device = device;
    this.#protocol = protocol;
    this.#queue = queue;
    this.#sender = sender;
    this.#limiter = new RateLimiter(device.limits.rateLimitedSources);
  }

  /** Works until the queue is empty or the budget of one tick is used up. */
  work(now: number): void {
    let dear = this.#device.limits.handshakesPerTick;
    for (let all = dear * CHEAP_PER_DEAR; all > 0 && dear > 0; all--) {
      const message = this.#queue.shift(now);
      if (message === undefined) return;
      if (this.#handle(now, message)) dear--;
    }
  }

  /** True when it has cost a key agreement. */
  #handle(now: number, message: QueuedMessage): boolean {
    const identity = this.#device.identity;
    if (identity === undefined) return this.#refuse('no-key');
    const type = messageType(message.bytes, 0, message.bytes.length);
    if (type === MESSAGE_COOKIE_REPLY) return this.#consumeCookie(now, message.bytes);
    const loaded = this.#queue.underLoad(now);
    // Who has proven its address and uses it to flood us is not worth a hash.
    if (loaded && this.#limiter.exhausted(now, message.from.limitKey)) return this.#waste(now, 'rate-limit');
    if (!identity.checker.mac1Valid(message.bytes)) return this.#refuse('bad-mac1');
    if (loaded && !this.#admit(now, identity, message)) return false;
    return type === MESSAGE_INITIATION ? this.#consumeInitiation(now, identity, message) : this.#consumeResponse(now, message);
  }

  #refuse(reason: DropReason, peer?: Peer): false {
    this.#device.sink.drop(reason, 1, peer?.ref);
    return false;
  }

  /** The same for a sender who knows our key, and so can make us work. */
  #waste(now: number, reason: DropReason, peer?: Peer): false {
    this.#queue.wasted(now);
    return this.#refuse(reason, peer);
  }

  /** Under load: only who proves its address by a cookie, and does not come too often. */
  #admit(now: number, { checker }: Identity, { bytes, from }: QueuedMessage): boolean {
    if (checker.mac2Valid(now, bytes, from.id)) return this.#limiter.allow(now, from.limitKey) || this.#waste(now, 'rate-limit');
    this.#device.transmit(undefined, from, checker.reply(now, bytes, from.id));
    return this.#waste(now, 'bad-mac2');
  }

  #consumeCookie(now: number, reply: Bytes): false {
    const index = cookieReplyReceiver(reply, 0);
    const peer = this.#device.indices.get(index)?.peer;
    if (peer === undefined) return this.#refuse('unknown-index');
    if (!peer.cookies.accept(now, reply)) return this.#refuse('cookie', peer);
    if (peer.handshake.pending?.index === index && peer.handshake.mayHurry(now)) this.#retrySoon(now, peer);
    return false;
  }

  /** The peer is under load and we hold its cookie: waiting out the whole timeout would help nobody. */
  #retrySoon(now: number, peer: Peer): void {
    peer.handshake.openGate();
    peer.timers.retransmitSoon(now);
    this.#device.schedule.touch(peer);
  }

  #consumeInitiation(now: number, identity: Identity, { bytes, from }: QueuedMessage): true {
    const noise = new IkResponder(this.#protocol, identity.key);
    const peer = this.#authenticate(now, identity, noise, initiationBody(bytes));
    if (peer === undefined) {
      this.#waste(now, 'bad-handshake');
      return true;
    }
    this.#received(now, peer, from, bytes);
    if (!peer.removed) this.#respond(now, peer, noise, senderIndex(bytes, 0), from);
    return true;
  }

  /** Who has sent this initiation, if it is a configured peer and no replay. */
  #authenticate(now: number, identity: Identity, noise: IkResponder, body: Bytes): Peer | undefined {
    const publicKey = noise.readStatic(body);
    const peer = publicKey && this.#device.peers.byKey(publicKey);
    const timestamp = peer && noise.readPayload(body, peer.handshake.staticShared(identity.key, peer.ref.publicKey));
    return timestamp && peer.handshake.consumeTimestamp(now, timestamp) ? peer : undefined;
  }

  #respond(now: number, peer: Peer, noise: IkResponder, remoteIndex: number, from: Endpoint): void {
    const device = this.#device;
    const localIndex = device.indices.allocate({ peer, keypair: undefined });
    const ephemeral = new Uint8Array(KEY);
    device.random(ephemeral);
    const response = writeResponse(noise, {
      sender: localIndex,
      receiver: remoteIndex,
      ephemeral: device.crypto.x25519.load(ephemeral),
      presharedKey: peer.presharedKey,
    });
    if (response === undefined) {
      device.indices.release(localIndex);
      return;
    }
    peer.cookies.sign(now, response);
    peer.handshake.sent(now);
    peer.keypairs.derivedAsResponder(this.#derive(now, peer, { ...noise.split(), localIndex, remoteIndex, isInitiator: false }));
    peer.timers.authenticatedSent(now);
    peer.traffic.txBytes += response.length;
    device.schedule.touch(peer);
    device.transmit(peer, from, response);
  }

  #consumeResponse(now: number, { bytes, from }: QueuedMessage): boolean {
    const index = responseReceiver(bytes, 0);
    const peer = this.#device.indices.get(index)?.peer;
    if (peer === undefined) return this.#refuse('unknown-index');
    const pending = peer.handshake.pending;
    if (pending?.index !== index) return this.#refuse('bad-handshake', peer);
    if (pending.noise.read(responseBody(bytes), peer.presharedKey) === undefined) {
      this.#waste(now, 'bad-handshake', peer);
      return true;
    }
    peer.handshake.pending = undefined;
    const keys = { ...pending.noise.split(), localIndex: index, remoteIndex: senderIndex(bytes, 0), isInitiator: true };
    peer.keypairs.derivedAsInitiator(this.#derive(now, peer, keys));
    this.#device.completeHandshake(peer);
    this.#received(now, peer, from, bytes);
    this.#device.sink.established(peer.ref);
    if (!peer.removed) this.#sender.sendKeepalive(now, peer);
    return true;
  }

  #derive(now: number, peer: Peer, keys: ConstructorParameters<typeof Keypair>[2]): Keypair {
    const keypair = new Keypair(this.#device.crypto.packets, now, keys);
    this.#device.indices.replace(keys.localIndex, { peer, keypair });
    peer.timers.sessionDerived(now);
    return keypair;
  }

  #received(now: number, peer: Peer, from: Endpoint, message: Bytes): void {
    peer.timers.authenticatedReceived(now);
    peer.traffic.rxBytes += message.length;
    this.#device.schedule.touch(peer);
    this.#device.heardFrom(peer, from);
  }
}
