import type { Remote } from '../contracts/remote.js';
import type { BindPort } from './bind-port.js';

/** The open Binds by scheme. */
export class BindTable {
  readonly #ports = new Map<string, BindPort>();

  add(port: BindPort): void {
    this.#ports.set(port.bind.scheme, port);
  }

  /** Leaves the scheme to a successor that has taken it already. */
  remove(port: BindPort): void {
    if (this.#ports.get(port.bind.scheme) === port) this.#ports.delete(port.bind.scheme);
  }

  ofScheme(scheme: string): BindPort | undefined {
    return this.#ports.get(scheme);
  }

  /** The remote of a text, from the Bind of its scheme. */
  parse(text: string): Remote | undefined {
    return this.#ports.get(text.slice(0, text.indexOf(':')))?.parse(text);
  }

  all(): readonly BindPort[] {
    return [...this.#ports.values()];
  }
}
