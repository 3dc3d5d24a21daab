const ABSENT = -1;

/** A binary heap of small integers by deadline: the earliest is at hand, and moving one costs a logarithm. */
export class DeadlineQueue {
  #heap: number[] = [];
  /** By id: its place in the heap, and its deadline. */
  #places: number[] = [];
  #deadlines: number[] = [];

  /** The deadline under which this id is queued; Infinity when it is not. */
  deadlineOf(id: number): number {
    return this.#placeOf(id) === ABSENT ? Number.POSITIVE_INFINITY : this.#deadlines[id]!;
  }

  /** The id with the earliest deadline. */
  first(): number | undefined {
    return this.#heap[0];
  }

  /** Queues, moves, or with Infinity removes. */
  set(id: number, deadline: number): void {
    const place = this.#placeOf(id);
    if (deadline === Number.POSITIVE_INFINITY) {
      if (place !== ABSENT) this.#removeAt(place);
      return;
    }
    this.#deadlines[id] = deadline;
    if (place === ABSENT) this.#heap.push(id);
    this.#settle(place === ABSENT ? this.#heap.length - 1 : place);
  }

  #placeOf(id: number): number {
    return this.#places[id] ?? ABSENT;
  }

  #removeAt(place: number): void {
    const removed = this.#heap[place]!;
    const last = this.#heap.pop()!;
    this.#places[removed] = ABSENT;
    if (last === removed) return;
    this.#heap[place] = last;
    this.#settle(place);
  }

  #settle(place: number): void {
    const id = this.#heap[place]!;
    this.#put(this.#down(this.#up(place, id), id), id);
  }

  #up(from: number, id: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(id, this.#heap[parent]!)) break;
      this.#put(place, this.#heap[parent]!);
      place = parent;
    }
    return place;
  }

  #down(from: number, id: number): number {
    let place = from;
    for (;;) {
      const child = this.#earlierChild(place);
      if (child === ABSENT || !this.#isBefore(this.#heap[child]!, id)) return place;
      this.#put(place, this.#heap[child]!);
      place = child;
    }
  }

  #earlierChild(place: number): number {
    const left = 2 * place + 1;
    const right = left + 1;
    if (left >= this.#heap.length) return ABSENT;
    return right < this.#heap.length && this.#isBefore(this.#heap[right]!, this.#heap[left]!) ? right : left;
  }

  #isBefore(a: number, b: number): boolean {
    return this.#deadlines[a]! < this.#deadlines[b]!;
  }

  #put(place: number, id: number): void {
    this.#heap[place] = id;
    this.#places[id] = place;
  }
}
