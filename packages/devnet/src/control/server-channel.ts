import {
  type Ciphers,
  controlProtocol,
  decodeInitiation,
  encodeFrame,
  FrameReader,
  RECORD,
  RESPONSE,
  RecordCipher,
  sealRecords,
} from '@heddle/control-ts2021/noise';
import type { Bytes } from '@heddle/core';
import type { Crypto, X25519Key } from '@heddle/crypto';
import { IkResponder } from '@heddle/crypto/noise';

export interface Accepted {
  /** The machine key of who speaks: proven. */
  readonly machine: Bytes;
  /** The frame that answers the initiation. */
  readonly response: Bytes;
  readonly channel: ServerChannel;
}

/** Answers an initiation; undefined for what is none for this key. */
export function acceptInitiation(crypto: Crypto, key: X25519Key, ephemeral: X25519Key, frame: Bytes): Accepted | undefined {
  const initiation = decodeInitiation(frame);
  if (initiation === undefined) return undefined;
  const { version, message } = initiation;
  const responder = new IkResponder(controlProtocol(crypto, version), key);
  const machine = responder.readStatic(message);
  if (machine === undefined || responder.readPayload(message) === undefined) return undefined;
  const body = responder.write(ephemeral, new Uint8Array(0));
  if (body === undefined) return undefined;
  const { send, receive } = responder.split();
  const cipher = (secret: Bytes): RecordCipher => new RecordCipher(crypto.chacha20poly1305, secret);
  const channel = new ServerChannel({ send: cipher(send), receive: cipher(receive) });
  return { machine, response: encodeFrame(RESPONSE, body), channel };
}

/** The server's end of a Noise channel. After a fault it reads nothing more. */
export class ServerChannel {
  readonly #ciphers: Ciphers;
  readonly #frames = new FrameReader();

  constructor(ciphers: Ciphers) {
    this.#ciphers = ciphers;
  }

  /** The plaintext in these bytes, in order; undefined when they cannot come from the other end. */
  receive(bytes: Bytes): Bytes[] | undefined {
    const plain: Bytes[] = [];
    this.#frames.push(bytes);
    for (;;) {
      const frame = this.#frames.next();
      if (frame === 'wait') return plain;
      const opened = frame === 'broken' || frame.type !== RECORD ? undefined : this.#ciphers.receive.open(frame.body);
      if (opened === undefined) return undefined;
      if (opened.length > 0) plain.push(opened);
    }
  }

  /** The records that carry this plaintext; undefined when the channel is at its end. */
  send(plaintext: readonly Bytes[]): Bytes | undefined {
    return sealRecords(this.#ciphers.send, plaintext);
  }
}
