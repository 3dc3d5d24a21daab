/** Who waits in a queue, and with what time it was put there. */
export interface Due {
  readonly deadlines: { readonly next: number; queuedAt: number };
}

/**
 * Who is due first. An entry is put in again when its time comes earlier, and not when it moves away: a retransmission timer that every ACK
 * moves costs nothing. An old entry is found out when its turn comes.
 */
export class DueQueue<T extends Due> {
  #times: number[] = [];
  #items: T[] = [];

  get next(): number {
    return this.#times[0] ?? Infinity;
  }

  /** To be called after the times of an item have changed. */
  update(item: T): void {
    const time = item.deadlines.next;
    if (time >= item.deadlines.queuedAt) return;
    item.deadlines.queuedAt = time;
    this.#push(time, item);
  }

  /** Takes out the next item that is due; undefined: none is. */
  takeDue(now: number): T | undefined {
    while (this.next <= now) {
      const time = this.#times[0]!;
      const item = this.#pop();
      if (item.deadlines.queuedAt !== time) continue;
      item.deadlines.queuedAt = Infinity;
      if (item.deadlines.next <= now) return item;
      this.update(item);
    }
    return undefined;
  }

  clear(): void {
    this.#times = [];
    this.#items = [];
  }

  #push(time: number, item: T): void {
    let at = this.#times.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#times[parent]! <= time) break;
      this.#set(at, this.#times[parent]!, this.#items[parent]!);
      at = parent;
    }
    this.#set(at, time, item);
  }

  #pop(): T {
    const first = this.#items[0]!;
    const time = this.#times.pop()!;
    const item = this.#items.pop()!;
    if (this.#times.length > 0) this.#sink(time, item);
    return first;
  }

  #sink(time: number, item: T): void {
    let at = 0;
    for (let child = this.#earlierChild(at); child > 0 && this.#times[child]! < time; child = this.#earlierChild(at)) {
      this.#set(at, this.#times[child]!, this.#items[child]!);
      at = child;
    }
    this.#set(at, time, item);
  }

  /** 0: it has none. */
  #earlierChild(at: number): number {
    const left = 2 * at + 1;
    if (left >= this.#times.length) return 0;
    return left + 1 < this.#times.length && this.#times[left + 1]! < this.#times[left]! ? left + 1 : left;
  }

  #set(at: number, time: number, item: T): void {
    this.#times[at] = time;
    this.#items[at] = item;
  }
}
