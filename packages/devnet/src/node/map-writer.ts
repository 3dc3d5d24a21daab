import type { Writable } from 'node:stream';
import type { Clock } from '@heddle/core';
import { encodeMapFrame } from '../map/map-frame.js';
import type { Watcher } from '../map/watcher.js';

/** Clients give a stream up that is silent for 120 s. */
const KEEP_ALIVE_EVERY = 50_000;
const KEEP_ALIVE = '{"KeepAlive":true}';

/** Writes what a watcher has to say, one message at a time and no faster than it is read. */
export class MapWriter {
  readonly #stream: Writable;
  readonly #watcher: Watcher;
  readonly #zstd: boolean;
  readonly #clock: Clock;
  readonly #gatherFor: () => number;
  #cancelNews: (() => void) | undefined;
  #cancelKeepAlive: () => void = () => {};
  #blocked = false;
  #stopped = false;

  constructor(stream: Writable, watcher: Watcher, zstd: boolean, clock: Clock, gatherFor: () => number) {
    this.#stream = stream;
    this.#watcher = watcher;
    this.#zstd = zstd;
    this.#clock = clock;
    this.#gatherFor = gatherFor;
    stream.on('drain', () => {
      this.#blocked = false;
      this.wake();
    });
  }

  /** Writes the first map at once. */
  start(): void {
    this.#write();
  }

  /** The watcher may have news. */
  wake(): void {
    if (this.#stopped || this.#blocked || this.#cancelNews !== undefined || !this.#watcher.hasNews) return;
    this.#cancelNews = this.#clock.at(this.#clock.now() + this.#gatherFor(), () => this.#write());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNews?.();
    this.#cancelKeepAlive();
  }

  #write(): void {
    this.#cancelNews = undefined;
    if (this.#stopped || this.#blocked) return;
    const json = this.#watcher.next(this.#clock.wall());
    if (json !== undefined) this.#send(json);
  }

  #send(json: string): void {
    this.#blocked = !this.#stream.write(encodeMapFrame(json, this.#zstd));
    this.#cancelKeepAlive();
    this.#cancelKeepAlive = this.#clock.at(this.#clock.now() + KEEP_ALIVE_EVERY, () => this.#send(KEEP_ALIVE));
  }
}
