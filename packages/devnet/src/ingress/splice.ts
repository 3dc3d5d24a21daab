import type { Bytes, Clock, Flow, FlowError } from '@heddle/core';

export interface SpliceOptions {
  readonly clock: Clock;
  /** Milliseconds without a byte in either direction, after which it ends. */
  readonly idle: number;
  /** Room that one turn of copying may use. */
  readonly scratch: Bytes;
  /** Both sides have been let go. */
  done(): void;
}

/** Copies bytes between two flows, both ways, with each direction ending by itself. */
export class Splice {
  readonly #ends: readonly [Flow, Flow];
  readonly #options: SpliceOptions;
  readonly #pumps: readonly [Pump, Pump];
  #movedAt: number;
  #cancel: () => void = () => {};
  #over = false;

  /** What was already read from `a` goes to `b` first. */
  constructor(a: Flow, b: Flow, early: Bytes, options: SpliceOptions) {
    this.#ends = [a, b];
    this.#options = options;
    this.#movedAt = options.clock.now();
    this.#pumps = [new Pump(a, b, options.scratch, early), new Pump(b, a, options.scratch)];
    const turn = (): void => this.#turn();
    a.on({ readable: turn, writable: turn, closed: (error) => this.#closed(b, error) });
    b.on({ readable: turn, writable: turn, closed: (error) => this.#closed(a, error) });
    this.#watch();
    this.#turn();
  }

  /** Cuts both sides. */
  abort(): void {
    if (this.#over) return;
    for (const end of this.#ends) end.reset();
    this.#end();
  }

  #turn(): void {
    if (this.#over) return;
    const moved = this.#pumps.map((pump) => pump.run());
    if (moved.includes(true)) this.#movedAt = this.#options.clock.now();
    if (!this.#pumps.every((pump) => pump.finished)) return;
    for (const end of this.#ends) end.close();
    this.#end();
  }

  /** What one end has said before it went is copied; after a fault the other end gets that to its last byte, and no more. */
  #closed(other: Flow, error: FlowError | undefined): void {
    this.#turn();
    if (this.#over || error === undefined) return;
    for (const end of this.#ends) if (end !== other) end.reset();
    other.close();
    this.#end();
  }

  #watch(): void {
    const { clock, idle } = this.#options;
    this.#cancel = clock.at(this.#movedAt + idle, () => {
      if (clock.now() >= this.#movedAt + idle) this.abort();
      else this.#watch();
    });
  }

  #end(): void {
    this.#over = true;
    this.#cancel();
    this.#options.done();
  }
}

/** One direction. */
class Pump {
  readonly #from: Flow;
  readonly #to: Flow;
  readonly #scratch: Bytes;
  /** Read, and not taken yet. */
  #rest: Bytes;
  finished = false;

  constructor(from: Flow, to: Flow, scratch: Bytes, early: Bytes = new Uint8Array(0)) {
    this.#from = from;
    this.#to = to;
    this.#scratch = scratch;
    this.#rest = early;
  }

  /** Copies what can be copied now; true when something was. */
  run(): boolean {
    let moved = false;
    while (!this.finished) {
      if (this.#rest.length > 0) {
        const taken = this.#to.write(this.#rest);
        moved ||= taken > 0;
        this.#rest = this.#rest.subarray(taken);
        if (this.#rest.length > 0) return moved;
      }
      const count = this.#from.read(this.#scratch);
      if (count === 0) return moved;
      if (count < 0) return this.#finish();
      moved = true;
      const taken = this.#to.write(this.#scratch.subarray(0, count));
      this.#rest = this.#scratch.slice(taken, count);
    }
    return moved;
  }

  #finish(): true {
    this.finished = true;
    this.#to.shutdown();
    return true;
  }
}
