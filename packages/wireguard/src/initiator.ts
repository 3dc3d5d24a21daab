import { IkInitiator, type IkProtocol } from '@heddle/crypto/noise';
import type { Device } from './device.js';
import { writeInitiation } from './handshake-message.js';
import type { Identity } from './identity.js';
import type { Peer } from './peer.js';

const KEY = 32;

/** Sends handshake initiations, not more often than the protocol allows. */
export class Initiator {
  readonly #device: Device;
  readonly #protocol: IkProtocol;

  constructor(device: Device, protocol: IkProtocol) {
    this.#device = device;
    this.#protocol = protocol;
  }

  /** Wants a handshake. When one was begun or answered a moment ago, it comes as soon as it may. */
  request(now: number, peer: Peer): void {
    peer.timers.resetAttempts();
    this.retry(now, peer);
  }

  /** The same for the retransmission timer, which counts its attempts. */
  retry(now: number, peer: Peer): void {
    const identity = this.#device.identity;
    if (identity === undefined || peer.removed) return;
    if (now < peer.handshake.gateOpensAt) peer.timers.initiationHeldBack(peer.handshake.gateOpensAt);
    else this.#initiate(now, peer, identity);
    this.#device.schedule.touch(peer);
  }

  #initiate(now: number, peer: Peer, identity: Identity): void {
    const message = this.#create(peer, identity);
    // A low-order public key: nobody can have it, and there is nobody to tell.
    if (message === undefined) return;
    peer.cookies.sign(now, message);
    peer.handshake.sent(now);
    peer.timers.authenticatedSent(now);
    peer.timers.initiationSent(now);
    peer.traffic.txBytes += message.length;
    this.#device.schedule.touch(peer);
    this.#device.transmit(peer, this.#device.routeTo(peer), message);
  }

  #create(peer: Peer, identity: Identity): Uint8Array<ArrayBufferLike> | undefined {
    const device = this.#device;
    device.dropPending(peer);
    const staticShared = peer.handshake.staticShared(identity.key, peer.ref.publicKey);
    if (staticShared === undefined) return undefined;
    const ephemeral = new Uint8Array(KEY);
    device.random(ephemeral);
    const noise = new IkInitiator(this.#protocol, {
      local: identity.key,
      ephemeral: device.crypto.x25519.load(ephemeral),
      remoteStatic: peer.ref.publicKey,
      staticShared,
    });
    const index = device.indices.allocate({ peer, keypair: undefined });
    peer.handshake.pending = { index, noise };
    return writeInitiation(noise, index, identity.timestamps.next(device.wallClock()));
  }
}
