import type { Address, Bytes, Flow } from '@heddle/core';

/** Whoever takes connections: it has a bounded number of half-open ones. */
export interface Acceptor {
  readonly accept: (flow: Flow) => void;
  readonly backlog: number;
  halfOpen: number;
}

export interface Listener extends Acceptor {
  /** Undefined: all own addresses. */
  readonly address: Bytes | undefined;
  readonly at: Address;
}

/** Who listens where. */
export class Listeners {
  readonly #byPort = new Map<number, Listener[]>();

  /** One on the very address comes before one on all. */
  find(address: Bytes, port: number): Listener | undefined {
    const all = this.#byPort.get(port);
    return (
      all?.find((each) => each.address !== undefined && sameAddress(each.address, address)) ??
      all?.find((each) => each.address === undefined)
    );
  }

  isTaken(address: Bytes | undefined, port: number): boolean {
    const all = this.#byPort.get(port);
    return (
      all?.some((each) =>
        each.address === undefined ? address === undefined : address !== undefined && sameAddress(each.address, address),
      ) ?? false
    );
  }

  add(listener: Listener): void {
    const { port } = listener.at;
    this.#byPort.set(port, [...(this.#byPort.get(port) ?? []), listener]);
  }

  remove(listener: Listener): void {
    const left = (this.#byPort.get(listener.at.port) ?? []).filter((each) => each !== listener);
    if (left.length > 0) this.#byPort.set(listener.at.port, left);
    else this.#byPort.delete(listener.at.port);
  }
}

export function sameAddress(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
