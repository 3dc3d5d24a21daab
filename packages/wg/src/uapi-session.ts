import { UapiReader, type UapiRequest, type UapiSet, writeErrno } from '@heddle/control-static';

/** What a connection may ask of the interface. */
export interface UapiDevice {
  /** The answer to `get=1`, whole. */
  get(): string;
  /** 0, or a negative errno with nothing changed. */
  set(operation: UapiSet): Promise<number>;
}

/** Requests that wait for their answer on one connection; more are read when there is room again. */
const MOST_WAITING = 64;

export interface UapiSessionOptions {
  readonly device: UapiDevice;
  /** Resolves when there is room for the next. */
  readonly answer: (text: string) => Promise<void>;
  /** No more will be answered. */
  readonly end: () => void;
  /** True: read no more for now. */
  readonly hold: (on: boolean) => void;
  readonly log: (errno: number, line: number) => void;
}

/** One connection of `wg`: requests in, answers out in the same order, one at a time. */
export class UapiSession {
  readonly #reader = new UapiReader();
  readonly #options: UapiSessionOptions;
  readonly #waiting: UapiRequest[] = [];
  #busy = false;
  #finished = false;

  constructor(options: UapiSessionOptions) {
    this.#options = options;
  }

  /** The other side says no more; it still gets its answers. */
  finish(): void {
    this.#finished = true;
    if (!this.#busy) this.#options.end();
  }

  push(bytes: Uint8Array): void {
    this.#waiting.push(...this.#reader.push(bytes));
    this.#options.hold(this.#waiting.length > MOST_WAITING);
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await this.#serve(next);
    this.#busy = false;
    if (this.#finished) this.#options.end();
    else this.#options.hold(false);
  }

  async #serve(request: UapiRequest): Promise<void> {
    const { device, answer, end, log } = this.#options;
    if (request.is === 'get') await answer(device.get());
    else if (request.is === 'set') await answer(writeErrno(await device.set(request.operation)));
    else if (request.is === 'close') end();
    else {
      log(request.errno, request.line);
      await answer(writeErrno(request.errno));
    }
  }
}
