import type { Bytes, X25519Key } from '@heddle/crypto';
import type { IkInitiator, IkProtocol, IkResponder, NoiseSuite } from '@heddle/crypto/noise';
import { INITIATION, RESPONSE, writeInitiationHeader, writeResponseHeader } from '@heddle/wire';

/*
 * A WireGuard handshake message is a Noise IKpsk2 message between a header and two macs.
 *
 *   initiation   | header 8  | ephemeral 32, static 48, TAI64N 28 | mac1 | mac2 |
 *   response     | header 12 | ephemeral 32, nothing 16           | mac1 | mac2 |
 */

const NAME = 'Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s';
const IDENTIFIER = 'WireGuard v1 zx2c4 Jason@zx2c4.com';
const NOTHING: Bytes = new Uint8Array(0);

/** The Noise protocol of WireGuard. */
export function wireGuardNoise(suite: NoiseSuite): IkProtocol {
  return { suite, name: NAME, prologue: new TextEncoder().encode(IDENTIFIER), psk: true };
}

/** An initiation with empty macs; undefined when the peer's key is a low-order point. */
export function writeInitiation(noise: IkInitiator, sender: number, timestamp: Bytes): Bytes | undefined {
  const body = noise.write(timestamp);
  if (body === undefined) return undefined;
  const message = new Uint8Array(INITIATION.SIZE);
  writeInitiationHeader(message, 0, sender);
  message.set(body, INITIATION.EPHEMERAL);
  return message;
}

/** The Noise part of an initiation. */
export function initiationBody(message: Bytes): Bytes {
  return message.subarray(INITIATION.EPHEMERAL, INITIATION.MAC1);
}

/** The indices and keys of a response. */
export interface ResponseParts {
  readonly sender: number;
  readonly receiver: number;
  readonly ephemeral: X25519Key;
  readonly presharedKey: Bytes;
}

/** A response with empty macs; undefined when one of the peer's keys is a low-order point. */
export function writeResponse(noise: IkResponder, parts: ResponseParts): Bytes | undefined {
  const body = noise.write(parts.ephemeral, NOTHING, parts.presharedKey);
  if (body === undefined) return undefined;
  const message = new Uint8Array(RESPONSE.SIZE);
  writeResponseHeader(message, 0, parts.sender, parts.receiver);
  message.set(body, RESPONSE.EPHEMERAL);
  return message;
}

/** The Noise part of a response. */
export function responseBody(message: Bytes): Bytes {
  return message.subarray(RESPONSE.EPHEMERAL, RESPONSE.MAC1);
}
