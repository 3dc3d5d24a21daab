import { Duplex } from 'node:stream';
import type { Bytes } from '@heddle/core';
import { ControlFault, quoted } from '../dial/fault.js';
import { FrameGuard } from '../http2/frame-guard.js';
import type { ChannelEvent, ChannelFault, NoiseChannel } from '../noise/channel.js';

type Done = (error?: Error | null) => void;

const FAULTS: Readonly<Record<ChannelFault, string>> = {
  frame: 'a frame of the Noise channel that is none',
  response: 'an answer to the handshake that the owner of the server’s key did not make',
  record: 'a record that was changed on the way',
  'early-payload': 'an early payload that is too long',
  'server-error': 'an error',
};

/** The plaintext of a Noise channel as a stream, for HTTP/2. Honours back-pressure both ways and is destroyed by the first fault. */
export class NoiseStream extends Duplex {
  /** Resolves when the server has proven its key; rejects with a ControlFault. */
  readonly opened: Promise<void>;
  readonly #socket: Duplex;
  readonly #channel: NoiseChannel;
  readonly #guard = new FrameGuard();
  readonly #now: () => number;
  #settle: { open(): void; fail(fault: Error): void } | undefined;

  constructor(socket: Duplex, channel: NoiseChannel, now: () => number) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#channel = channel;
    this.#now = now;
    this.opened = new Promise((open, fail) => {
      this.#settle = { open, fail };
    });
    this.opened.catch(() => {});
    this.on('error', () => {});
    socket.on('data', (bytes: Bytes) => this.feed(bytes));
    socket.once('end', () => this.#ended());
    socket.once('close', () => this.#ended());
  }

  /** Feeds bytes of the server: those that came with the answer to the upgrade go first. */
  feed(bytes: Bytes): void {
    for (const event of this.#channel.receive(bytes)) this.#handle(event);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    const records = this.#channel.send(chunk);
    if (records === undefined) done(new ControlFault('HEDDLE_TS2021_BROKEN', 'the Noise channel is at its end'));
    else this.#socket.write(records, done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', done);
  }

  override _final(done: Done): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#settle?.fail(error ?? new ControlFault('HEDDLE_TS2021_BROKEN', 'the connection was closed'));
    this.#socket.destroy();
    done(error);
  }

  #handle(event: ChannelEvent): void {
    if (event.is === 'open') {
      this.#settle?.open();
      this.#settle = undefined;
    } else if (event.is === 'fault') this.destroy(this.#faultOf(event.why, event.text));
    else this.#give(event.bytes);
  }

  #give(bytes: Bytes): void {
    const abuse = this.#guard.see(bytes, this.#now());
    if (abuse !== undefined) this.destroy(new ControlFault('HEDDLE_TS2021_REFUSED', `the control server abuses HTTP/2: ${abuse}`));
    else if (!this.push(bytes)) this.#socket.pause();
  }

  #faultOf(why: ChannelFault, text: string | undefined): ControlFault {
    const code = why === 'response' || why === 'server-error' ? 'HEDDLE_TS2021_HANDSHAKE' : 'HEDDLE_TS2021_BROKEN';
    return new ControlFault(code, `the control server sent ${FAULTS[why]}${text === undefined ? '' : `: ${quoted(text)}`}`);
  }

  #ended(): void {
    if (this.#settle === undefined) this.push(null);
    else
      this.destroy(
        new ControlFault(
          'HEDDLE_TS2021_HANDSHAKE',
          'the control server ended the connection in the handshake: it has another key, or does not take this capability version',
        ),
      );
  }
}
