import type { Bytes } from '@heddle/core';
import type { X25519, X25519Key } from '@heddle/crypto';
import { IkInitiator, type IkProtocol, type NoiseSuite } from '@heddle/crypto/noise';
import { encodeInitiation } from './frames.js';
import { RecordCipher } from './record-cipher.js';

const NAME = 'Noise_IK_25519_ChaChaPoly_BLAKE2s';
const EMPTY: Bytes = new Uint8Array(0);

/** What both sides of the control channel have agreed on: the version is bound to the keys by the prologue. */
export function controlProtocol(suite: NoiseSuite, version: number): IkProtocol {
  return { suite, name: NAME, prologue: new TextEncoder().encode(`Tailscale Control Protocol v${version}`), psk: false };
}

export interface HandshakeKeys {
  readonly machine: X25519Key;
  readonly ephemeral: X25519Key;
  readonly server: Bytes;
}

/** The two directions of a channel. */
export interface Ciphers {
  readonly send: RecordCipher;
  readonly receive: RecordCipher;
}

/** One handshake with the control server, as the side that speaks first. */
export class ControlHandshake {
  readonly #suite: NoiseSuite;
  readonly #initiator: IkInitiator;
  /** The frame for the upgrade request; undefined when the server's key is no key. */
  readonly initiation: Bytes | undefined;

  constructor(suite: NoiseSuite & { readonly x25519: X25519 }, version: number, keys: HandshakeKeys) {
    this.#suite = suite;
    this.#initiator = new IkInitiator(controlProtocol(suite, version), {
      local: keys.machine,
      ephemeral: keys.ephemeral,
      remoteStatic: keys.server,
    });
    const message = this.#initiator.write(EMPTY);
    this.initiation = message && encodeInitiation(version, message);
  }

  /** The channel, when the body of a response frame was made by the owner of the server's key for this initiation. */
  finish(response: Bytes): Ciphers | undefined {
    if (this.#initiator.read(response)?.length !== 0) return undefined;
    const { send, receive } = this.#initiator.split();
    return { send: new RecordCipher(this.#suite.chacha20poly1305, send), receive: new RecordCipher(this.#suite.chacha20poly1305, receive) };
  }
}
