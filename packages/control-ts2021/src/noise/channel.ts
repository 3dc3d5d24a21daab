import type { Bytes } from '@heddle/core';
import { EarlyPayload } from './early-payload.js';
import { FrameReader } from './frame-reader.js';
import { ERROR, RECORD, RESPONSE } from './frames.js';
import type { Ciphers, ControlHandshake } from './handshake.js';
import { joined, sealRecords } from './records.js';

/** Why a channel cannot go on. `server-error` carries what a server says without proof of who says it. */
export type ChannelFault = 'frame' | 'response' | 'record' | 'early-payload' | 'server-error';

/** What came out of the server's bytes, in order. */
export type ChannelEvent =
  | { readonly is: 'open' }
  | { readonly is: 'data'; readonly bytes: Bytes }
  | { readonly is: 'fault'; readonly why: ChannelFault; readonly text?: string };

/** The Noise channel of one connection: frames in, plaintext out, and back. After a fault it says nothing more. */
export class NoiseChannel {
  readonly #handshake: ControlHandshake;
  readonly #frames = new FrameReader();
  readonly #early = new EarlyPayload();
  #ciphers: Ciphers | undefined;
  #dead = false;

  constructor(handshake: ControlHandshake) {
    this.#handshake = handshake;
  }

  /** Feeds what the server sent. What of it is plaintext in a row comes as one event. */
  receive(bytes: Bytes): ChannelEvent[] {
    const events: ChannelEvent[] = [];
    const plain: Bytes[] = [];
    this.#frames.push(bytes);
    while (!this.#dead) {
      const frame = this.#frames.next();
      if (frame === 'wait') break;
      const event = frame === 'broken' ? this.#fault('frame') : this.#take(frame.type, frame.body);
      if (event?.is === 'data') plain.push(event.bytes);
      else if (event !== undefined) events.push(...dataOf(plain.splice(0)), event);
    }
    events.push(...dataOf(plain));
    return events;
  }

  /** The records that carry this plaintext; undefined when the channel is not open, or at its end. */
  send(plaintext: Bytes): Bytes | undefined {
    if (this.#dead || this.#ciphers === undefined) return undefined;
    return sealRecords(this.#ciphers.send, plaintext);
  }

  #take(type: number, body: Bytes): ChannelEvent | undefined {
    if (this.#ciphers !== undefined) return type === RECORD ? this.#open(body, this.#ciphers) : this.#fault('frame');
    if (type === ERROR) return this.#fault('server-error', new TextDecoder().decode(body));
    return type === RESPONSE ? this.#finish(body) : this.#fault('frame');
  }

  #finish(body: Bytes): ChannelEvent {
    this.#ciphers = this.#handshake.finish(body);
    return this.#ciphers === undefined ? this.#fault('response') : { is: 'open' };
  }

  #open(body: Bytes, ciphers: Ciphers): ChannelEvent | undefined {
    const plaintext = ciphers.receive.open(body);
    if (plaintext === undefined) return this.#fault('record');
    const bytes = this.#early.pass(plaintext);
    if (bytes === undefined) return this.#fault('early-payload');
    return bytes.length === 0 ? undefined : { is: 'data', bytes };
  }

  #fault(why: ChannelFault, text?: string): ChannelEvent {
    this.#dead = true;
    return { is: 'fault', why, ...(text !== undefined && { text }) };
  }
}

function dataOf(pieces: readonly Bytes[]): ChannelEvent[] {
  return pieces.length === 0 ? [] : [{ is: 'data', bytes: joined(pieces) }];
}
