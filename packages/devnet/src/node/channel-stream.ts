import { Duplex } from 'node:stream';
import type { ServerChannel } from '../control/server-channel.js';

type Done = (error?: Error | null) => void;

/** The plaintext of a Noise channel as a stream, for HTTP/2. Honours back-pressure both ways and is destroyed by the first fault. */
export class ChannelStream extends Duplex {
  readonly #socket: Duplex;
  readonly #channel: ServerChannel;

  constructor(socket: Duplex, channel: ServerChannel) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#channel = channel;
    this.on('error', () => {});
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.once('end', () => this.push(null));
    socket.once('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    this.#send([chunk], done);
  }

  /** What comes together goes into full records. */
  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#socket.destroy();
    done(error);
  }

  #send(pieces: readonly Buffer[], done: Done): void {
    const records = this.#channel.send(pieces);
    if (records === undefined) done(new Error('the Noise channel is at its end'));
    else this.#socket.write(records, done);
  }

  #receive(bytes: Buffer): void {
    const plain = this.#channel.receive(bytes);
    if (plain === undefined) return void this.destroy();
    let takesMore = true;
    for (const part of plain) takesMore = this.push(part);
    if (!takesMore) this.#socket.pause();
  }
}
