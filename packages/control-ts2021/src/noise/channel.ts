import type { Bytes } from '@heddle/core';
import { EarlyPayload } from './early-payload.js';
import { FrameReader } from './frame-reader.js';
import { ERROR, RECORD, RESPONSE, TAG } from './frames.js';
import type { Ciphers, ControlHandshake } from './handshake.js';
import { sealRecords } from './records.js';

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

  /** Feeds what the server sent. Its plaintext comes as one event. */
  receive(bytes: Bytes): ChannelEvent[] {
    this.#frames.push(bytes);
    const events: ChannelEvent[] = [];
    const room = new Uint8Array(this.#frames.available);
    let fill = 0;
    while (!this.#dead) {
      const frame = this.#frames.next();
      if (frame === 'wait') break;
      const read = frame === 'broken' ? this.#fault('frame') : this.#take(frame.type, frame.body, room, fill);
      if (typeof read === 'number') fill += read;
      else events.push(read);
    }
    if (fill === 0) return events;
    return this.#withData(events, room.subarray(0, fill));
  }

  /** The records that carry this plaintext; undefined when the channel is not open, or at its end. */
  send(plaintext: Bytes): Bytes | undefined {
    if (this.#dead || this.#ciphers === undefined) return undefined;
    return sealRecords(this.#ciphers.send, [plaintext]);
  }

  /** An event, or how many bytes of plaintext there are now from `at` on. */
  #take(type: number, body: Bytes, room: Bytes, at: number): ChannelEvent | number {
    if (this.#ciphers !== undefined) return type === RECORD ? this.#open(body, this.#ciphers, room, at) : this.#fault('frame');
    if (type === ERROR) return this.#fault('server-error', new TextDecoder().decode(body));
    return type === RESPONSE ? this.#finish(body) : this.#fault('frame');
  }

  #finish(body: Bytes): ChannelEvent {
    this.#ciphers = this.#handshake.finish(body);
    return this.#ciphers === undefined ? this.#fault('response') : { is: 'open' };
  }

  #open(body: Bytes, ciphers: Ciphers, room: Bytes, at: number): ChannelEvent | number {
    return ciphers.receive.openInto(body, room, at) ? body.length - TAG : this.#fault('record');
  }

  /** Plaintext follows `open` and stands before a fault. */
  #withData(events: readonly ChannelEvent[], plaintext: Bytes): ChannelEvent[] {
    const opened = events.filter(({ is }) => is === 'open');
    const bytes = this.#early.pass(plaintext);
    if (bytes === undefined) return [...opened, this.#fault('early-payload')];
    const faults = events.filter(({ is }) => is === 'fault');
    return bytes.length === 0 ? [...opened, ...faults] : [...opened, { is: 'data', bytes }, ...faults];
  }

  #fault(why: ChannelFault, text?: string): ChannelEvent {
    this.#dead = true;
    return { is: 'fault', why, ...(text !== undefined && { text }) };
  }
}
