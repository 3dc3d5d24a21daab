/** How many connections there are, in all and by address. */
export class ConnectionCounts {
  readonly #byAddress = new Map<string, number>();
  #all = 0;
  #accepted = 0;
  /** One more than the caps allow, and again. */
  refused = 0;

  get all(): number {
    return this.#all;
  }

  /** Since the start. */
  get accepted(): number {
    return this.#accepted;
  }

  of(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  /** True while one more from there would keep both caps. */
  hasRoom(address: string, caps: { readonly connections: number; readonly connectionsPerAddress: number }): boolean {
    return this.#all < caps.connections && this.of(address) < caps.connectionsPerAddress;
  }

  /** Counts one; the returned function takes it back, once. */
  enter(address: string): () => void {
    this.#all += 1;
    this.#accepted += 1;
    this.#byAddress.set(address, this.of(address) + 1);
    let inside = true;
    return () => {
      if (inside) this.#leave(address);
      inside = false;
    };
  }

  #leave(address: string): void {
    this.#all -= 1;
    const left = this.of(address) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}
