import type { Writable } from 'node:stream';
import type { Clock } from '@heddle/core';
import { encodeMapFrame } from '../map/map-frame.js';
import { type MapMessage, mapMessage } from '../map/map-message.js';
import type { Watcher } from '../map/watcher.js';

/** Clients give a stream up that is silent for 120 s. */
const KEEP_ALIVE_EVERY = 50_000;

/** Writes what a watcher has to say, one message at a time and no faster than it is read. */
export class MapWriter {
  readonly #stream: Writable;
  readonly #watcher: Watcher;
  readonly #zstd: boolean;
  readonly #clock: Clock;
  #cancelKeepAlive: () => void = () => {};
  #blocked = false;
  #stopped = false;

  /** `onNews` is called when what has changed meanwhile can be written. */
  constructor(stream: Writable, watcher: Watcher, zstd: boolean, clock: Clock, onNews: () => void) {
    this.#stream = stream;
    this.#watcher = watcher;
    this.#zstd = zstd;
    this.#clock = clock;
    stream.on('drain', () => {
      this.#blocked = false;
      if (this.#watcher.hasNews) onNews();
    });
  }

  /** Writes what there is to say, unless what was written before is still on its way. Returns how many bytes that are. */
  write(): number {
    if (this.#stopped || this.#blocked) return 0;
    const message = this.#watcher.next(this.#clock.wall());
    return message === undefined ? 0 : this.#send(message);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelKeepAlive();
  }

  #send(message: MapMessage): number {
    const frame = encodeMapFrame(message, this.#zstd);
    this.#blocked = !this.#stream.write(frame);
    this.#cancelKeepAlive();
    this.#cancelKeepAlive = this.#clock.at(this.#clock.now() + KEEP_ALIVE_EVERY, () => this.#send(mapMessage([['KeepAlive', 'true']])));
    return frame.length;
  }
}
