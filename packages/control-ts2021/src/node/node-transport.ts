import type { Duplex } from 'node:stream';
import type { Clock, Random } from '@heddle/core';
import type { Crypto, PublicKey, X25519Key } from '@heddle/crypto';
import { raceLegs } from '../control/leg-race.js';
import type { ControlConnection, ControlTransport } from '../control/transport.js';
import { type ControlUrl, type Leg, legsOf, secureLegOf } from '../dial/control-url.js';
import { ControlFault } from '../dial/fault.js';
import { LARGEST_KEY_ANSWER, readKeyAnswer } from '../dial/key-answer.js';
import { NoiseChannel } from '../noise/channel.js';
import { ControlHandshake } from '../noise/handshake.js';
import { exchange, upgrade } from './http1.js';
import { Http2Connection } from './http2-connection.js';
import { NoiseStream } from './noise-stream.js';
import { openSocket, type SocketOptions, whenAborted } from './open-socket.js';

export interface NodeTransportOptions extends SocketOptions {
  readonly url: ControlUrl;
  readonly version: number;
  /** A private key of the machine, ready for use. */
  readonly machine: X25519Key;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly random: Random;
  /** No cleartext leg where the URL says https. */
  readonly tlsOnly: boolean;
}

/** A second dial within this time means that the first connection did not last: cleartext may be tampered with. */
const TLS_FIRST_WITHIN = 120_000;
const LARGEST_PING_ANSWER = 64 * 1024;

/** Reaches a control server over the sockets of Node. */
export class NodeTransport implements ControlTransport {
  readonly #options: NodeTransportOptions;
  #dialledAt = Number.NEGATIVE_INFINITY;

  constructor(options: NodeTransportOptions) {
    this.#options = options;
  }

  async fetchKey(signal: AbortSignal): Promise<PublicKey<'machine'>> {
    const { url, version, clock } = this.#options;
    const socket = await openSocket(url, this.#options, signal);
    const wanted = {
      method: 'GET',
      path: `${url.prefix}/key?v=${version}`,
      authority: url.authority,
      largest: LARGEST_KEY_ANSWER,
    } as const;
    const key = readKeyAnswer(await exchange(socket, { ...wanted, wall: clock.wall() }, signal));
    if (key instanceof ControlFault) throw key;
    return key;
  }

  connect(serverKey: PublicKey<'machine'>, signal: AbortSignal): Promise<ControlConnection> {
    const { url, clock, tlsOnly } = this.#options;
    const tlsFirst = clock.now() - this.#dialledAt < TLS_FIRST_WITHIN;
    this.#dialledAt = clock.now();
    const legs = tlsOnly ? secureLegOf(url) : legsOf(url, tlsFirst);
    return raceLegs(legs, (leg, aborted) => this.#connectBy(leg, serverKey, aborted), { clock, signal, drop: (late) => late.close() });
  }

  async head(url: string, signal: AbortSignal): Promise<number> {
    return (await this.#outside(url, { method: 'HEAD' }, signal)).status;
  }

  async post(url: string, body: string, signal: AbortSignal): Promise<number> {
    return (await this.#outside(url, { method: 'POST', body }, signal)).status;
  }

  async #outside(
    text: string,
    what: { readonly method: 'HEAD' | 'POST'; readonly body?: string },
    signal: AbortSignal,
  ): ReturnType<typeof exchange> {
    const { url, clock } = this.#options;
    const { pathname, search } = new URL(text);
    const socket = await openSocket(url, this.#options, signal);
    const wanted = { ...what, path: pathname + search, authority: url.authority, largest: LARGEST_PING_ANSWER, wall: clock.wall() };
    return exchange(socket, wanted, signal);
  }

  async #connectBy(leg: Leg, serverKey: PublicKey<'machine'>, signal: AbortSignal): Promise<ControlConnection> {
    const { url, clock } = this.#options;
    const socket = await openSocket({ ...leg, host: url.host }, this.#options, signal);
    const channel = await this.#shakeHands(socket, serverKey, signal);
    return new Http2Connection(channel, url, () => clock.wall());
  }

  async #shakeHands(socket: Duplex, serverKey: PublicKey<'machine'>, signal: AbortSignal): Promise<NoiseStream> {
    const { url, version, crypto, clock, machine } = this.#options;
    const handshake = new ControlHandshake(crypto, version, { machine, ephemeral: this.#ephemeral(), server: serverKey.toBytes() });
    if (handshake.initiation === undefined)
      throw new ControlFault('HEDDLE_TS2021_HANDSHAKE', 'the key that the control server shows is no key');
    const wanted = { authority: url.authority, handshake: Buffer.from(handshake.initiation).toString('base64'), wall: clock.wall() };
    const { socket: raw, head } = await upgrade(socket, wanted, signal);
    const stream = new NoiseStream(raw, new NoiseChannel(handshake), () => clock.now());
    const leave = whenAborted(signal, () => stream.destroy());
    if (head.length > 0) stream.feed(head);
    await stream.opened.finally(leave);
    return stream;
  }

  #ephemeral(): X25519Key {
    const secret = new Uint8Array(32);
    this.#options.random.fill(secret);
    return this.#options.crypto.x25519.load(secret);
  }
}
