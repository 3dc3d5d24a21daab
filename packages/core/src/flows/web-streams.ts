import type { Flow, FlowError } from '../contracts/flows.js';
import type { Bytes } from '../contracts/packets.js';
import { HeddleError } from '../errors/heddle-error.js';

/** Most that is read at once. */
const CHUNK = 64 * 1024;

/** A flow as a pair of Web Streams: nothing is read before it is asked for, and a write settles when the flow has taken all of it. */
export interface FlowStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Bytes>;
}

/**
 * Web Streams over a flow, whose listeners they take over. Closing `writable` finishes this side alone; cancelling `readable` or
 * aborting `writable` resets the flow. What breaks the flow errors both.
 */
export function flowStreams(flow: Flow): FlowStreams {
  const reader = new Reader(flow);
  const writer = new Writer(flow);
  const readable = new ReadableStream<Uint8Array>(reader, { highWaterMark: 0 });
  const writable = new WritableStream<Bytes>(writer, { highWaterMark: 1 });
  flow.on({
    readable: () => reader.more(),
    writable: () => writer.more(),
    closed: (error) => {
      if (error === undefined) return;
      reader.fail(broken(flow, error));
      writer.fail(broken(flow, error));
    },
  });
  return { readable, writable };
}

interface Waiting {
  resolve(): void;
  reject(reason: unknown): void;
}

class Reader {
  readonly #flow: Flow;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #waiting: Waiting | undefined;
  #over = false;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.more();
    });
  }

  cancel(): void {
    this.#over = true;
    this.#flow.reset();
  }

  /** Bytes may be there. Without somebody who waits they stay in the flow. */
  more(): void {
    if (this.#waiting === undefined || this.#over) return;
    const into = new Uint8Array(CHUNK);
    const count = this.#flow.read(into);
    if (count === 0) return;
    if (count < 0) this.#end();
    else this.#controller?.enqueue(count < CHUNK / 2 ? into.slice(0, count) : into.subarray(0, count));
    this.#settle();
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.error(error);
    this.#settle();
  }

  #end(): void {
    this.#over = true;
    this.#controller?.close();
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }
}

class Writer {
  readonly #flow: Flow;
  #controller: WritableStreamDefaultController | undefined;
  #rest: Bytes | undefined;
  #waiting: Waiting | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  start(controller: WritableStreamDefaultController): void {
    this.#controller = controller;
    // The stream itself would wait for the write that is going, which may be stuck. (Node's types leave the signal out.)
    const { signal } = controller as unknown as { readonly signal: AbortSignal };
    signal.addEventListener('abort', () => {
      this.abort();
      this.#settle((waiting) => waiting.reject(signal.reason));
    });
  }

  write(bytes: Bytes): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#rest = bytes;
      this.#waiting = { resolve, reject };
      this.more();
    });
  }

  close(): void {
    this.#flow.shutdown();
  }

  abort(): void {
    this.#flow.reset();
  }

  /** The flow may take bytes again. */
  more(): void {
    while (this.#rest !== undefined && this.#rest.length > 0) {
      const count = this.#flow.write(this.#rest);
      if (count === 0) return;
      this.#rest = this.#rest.subarray(count);
    }
    this.#settle((waiting) => waiting.resolve());
  }

  fail(error: Error): void {
    this.#controller?.error(error);
    this.#settle((waiting) => waiting.reject(error));
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#rest = undefined;
    if (waiting !== undefined) how(waiting);
  }
}

function broken({ remote }: Flow, error: FlowError): HeddleError {
  return new HeddleError('HEDDLE_FLOW_ENDED', `the connection with ${remote.address} port ${remote.port} ended: ${error}`);
}
