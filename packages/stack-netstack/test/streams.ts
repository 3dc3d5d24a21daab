import type { Flow, FlowError } from '@heddle/core';

export interface Received {
  /** All bytes, when the other side has finished. */
  readonly done: Promise<Uint8Array>;
  /** The other side has finished. */
  isWhole(): boolean;
  /** How the flow ended; 'open' while it has not. */
  closed(): FlowError | undefined | 'open';
}

const writers = new WeakMap<Flow, () => void>();

/** Reads until the end. */
export function receiveAll(flow: Flow): Received {
  let closed: FlowError | undefined | 'open' = 'open';
  let isWhole = false;
  const done = new Promise<Uint8Array>((resolve, reject) => {
    const parts: Uint8Array[] = [];
    const buffer = new Uint8Array(65_536);
    const readable = (): void => {
      for (let n = flow.read(buffer); n !== 0; n = flow.read(buffer)) {
        if (n < 0) {
          isWhole = true;
          return resolve(concat(parts));
        }
        parts.push(buffer.slice(0, n));
      }
    };
    flow.on({
      readable,
      writable: () => writers.get(flow)?.(),
      closed: (error) => {
        closed = error;
        if (error !== undefined) reject(new Error(error));
      },
    });
    readable();
  });
  return { done, isWhole: () => isWhole, closed: () => closed };
}

/** Writes everything and finishes; receiveAll passes on when there is room. */
export function sendAll(flow: Flow, data: Uint8Array): void {
  let at = 0;
  const more = (): void => {
    while (at < data.length) {
      const n = flow.write(data.subarray(at, at + 65_536));
      if (n === 0) return;
      at += n;
    }
    flow.shutdown();
    writers.delete(flow);
  };
  writers.set(flow, more);
  more();
}

/** Sends back what comes, and finishes when the other side has. */
export function echoServer(flow: Flow): void {
  receiveAll(flow).done.then(
    (data) => sendAll(flow, data),
    () => {},
  );
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
