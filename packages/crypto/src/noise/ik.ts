import type { Bytes, X25519Key } from '../contract.js';
import { type NoiseSuite, SymmetricState } from './symmetric-state.js';

/*
 * Noise IK and IKpsk2: the initiator knows the responder's static key.
 *
 *   <- s
 *   ...
 *   -> e, es, s, ss        ephemeral 32 | static 32 + tag 16 | payload + tag 16
 *   <- e, ee, se[, psk]    ephemeral 32 | payload + tag 16
 */

const KEY = 32;
const SEALED_KEY = 48;
const TAG = 16;

/** What both sides have agreed on before the first message. */
export interface IkProtocol {
  readonly suite: NoiseSuite;
  readonly name: string;
  readonly prologue: Bytes;
  /** True for IKpsk2, where the ephemerals are mixed into the key as well. */
  readonly psk: boolean;
}

/** The state after pre-messages, to be cloned for each handshake with this responder. */
export function ikStart(protocol: IkProtocol, responderStatic: Bytes): SymmetricState {
  const state = SymmetricState.start(protocol.suite, protocol.name, protocol.prologue);
  state.mixHash(responderStatic);
  return state;
}

function mixEphemeral(state: SymmetricState, publicKey: Bytes, psk: boolean): void {
  state.mixHash(publicKey);
  if (psk) state.mixKey(publicKey);
}

function mixShared(state: SymmetricState, shared: Bytes | undefined): boolean {
  if (shared === undefined) return false;
  state.mixKey(shared);
  return true;
}

/** The keys of the side that speaks first. */
export interface InitiatorKeys {
  readonly local: X25519Key;
  readonly ephemeral: X25519Key;
  readonly remoteStatic: Bytes;
  /** DH of both static keys when it is known already. */
  readonly staticShared?: Bytes;
}

/** One handshake of the side that speaks first. */
export class IkInitiator {
  readonly #psk: boolean;
  readonly #keys: InitiatorKeys;
  #state: SymmetricState;

  constructor(protocol: IkProtocol, keys: InitiatorKeys) {
    this.#psk = protocol.psk;
    this.#keys = keys;
    this.#state = ikStart(protocol, keys.remoteStatic);
  }

  get hash(): Bytes {
    return this.#state.hash;
  }

  /** The first message; undefined when the responder's key is a low-order point. */
  write(payload: Bytes): Bytes | undefined {
    const { local, ephemeral, remoteStatic } = this.#keys;
    mixEphemeral(this.#state, ephemeral.publicKey, this.#psk);
    if (!mixShared(this.#state, ephemeral.agree(remoteStatic))) return undefined;
    const sealedStatic = this.#state.encryptAndHash(local.publicKey);
    if (!mixShared(this.#state, this.#keys.staticShared ?? local.agree(remoteStatic))) return undefined;
    return join(ephemeral.publicKey, sealedStatic, this.#state.encryptAndHash(payload));
  }

  /** The payload of the answer; undefined, with the state as before, when it is forged. */
  read(message: Bytes, psk?: Bytes): Bytes | undefined {
    if (message.length < KEY + TAG) return undefined;
    const state = this.#state.clone();
    const remoteEphemeral = message.slice(0, KEY);
    mixEphemeral(state, remoteEphemeral, this.#psk);
    if (!mixShared(state, this.#keys.ephemeral.agree(remoteEphemeral))) return undefined;
    if (!mixShared(state, this.#keys.local.agree(remoteEphemeral))) return undefined;
    if (psk !== undefined) state.mixKeyAndHash(psk);
    const payload = state.decryptAndHash(message.slice(KEY));
    if (payload !== undefined) this.#state = state;
    return payload;
  }

  /** After the answer: the keys to send and to receive with. */
  split(): { readonly send: Bytes; readonly receive: Bytes } {
    const [send, receive] = this.#state.split();
    return { send, receive };
  }
}

/** One handshake of the side that answers. Use `readStatic`, `readPayload`, `write`, `split`, each once and in this order. */
export class IkResponder {
  readonly #psk: boolean;
  readonly #local: X25519Key;
  readonly #state: SymmetricState;
  #remoteEphemeral: Bytes = new Uint8Array(0);
  #remoteStatic: Bytes = new Uint8Array(0);

  constructor(protocol: IkProtocol, local: X25519Key) {
    this.#psk = protocol.psk;
    this.#local = local;
    this.#state = ikStart(protocol, local.publicKey);
  }

  get hash(): Bytes {
    return this.#state.hash;
  }

  /** Who claims to be speaking: not proven before `readPayload` has succeeded. */
  readStatic(message: Bytes): Bytes | undefined {
    if (message.length < KEY + SEALED_KEY + TAG) return undefined;
    this.#remoteEphemeral = message.slice(0, KEY);
    mixEphemeral(this.#state, this.#remoteEphemeral, this.#psk);
    if (!mixShared(this.#state, this.#local.agree(this.#remoteEphemeral))) return undefined;
    const remoteStatic = this.#state.decryptAndHash(message.slice(KEY, KEY + SEALED_KEY));
    if (remoteStatic !== undefined) this.#remoteStatic = remoteStatic;
    return remoteStatic;
  }

  /** The payload of the first message; pass the DH of both static keys when it is known already. */
  readPayload(message: Bytes, staticShared?: Bytes): Bytes | undefined {
    if (!mixShared(this.#state, staticShared ?? this.#local.agree(this.#remoteStatic))) return undefined;
    return this.#state.decryptAndHash(message.slice(KEY + SEALED_KEY));
  }

  /** The answer; undefined when one of the initiator's keys is a low-order point. */
  write(ephemeral: X25519Key, payload: Bytes, psk?: Bytes): Bytes | undefined {
    mixEphemeral(this.#state, ephemeral.publicKey, this.#psk);
    if (!mixShared(this.#state, ephemeral.agree(this.#remoteEphemeral))) return undefined;
    if (!mixShared(this.#state, ephemeral.agree(this.#remoteStatic))) return undefined;
    if (psk !== undefined) this.#state.mixKeyAndHash(psk);
    return join(ephemeral.publicKey, this.#state.encryptAndHash(payload));
  }

  /** After the answer: the keys to send and to receive with. */
  split(): { readonly send: Bytes; readonly receive: Bytes } {
    const [receive, send] = this.#state.split();
    return { send, receive };
  }
}

function join(...parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
