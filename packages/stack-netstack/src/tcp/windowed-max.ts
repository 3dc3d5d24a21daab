/** The largest of the values of the last rounds, from the best three (Kathleen Nichols' algorithm). */
export class WindowedMax {
  readonly #rounds: number;
  readonly #values: [number, number, number] = [0, 0, 0];
  readonly #at: [number, number, number] = [0, 0, 0];

  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  get value(): number {
    return this.#values[0];
  }

  update(value: number, round: number): void {
    if (value >= this.#values[0] || round - this.#at[2] > this.#rounds) this.#fill(0, value, round);
    else if (value >= this.#values[1]) this.#fill(1, value, round);
    else if (value >= this.#values[2]) this.#fill(2, value, round);
    this.#age(value, round);
  }

  #fill(from: number, value: number, round: number): void {
    for (let i = from; i < 3; i++) {
      this.#values[i] = value;
      this.#at[i] = round;
    }
  }

  /** The best grows old: the next best takes its place. */
  #age(value: number, round: number): void {
    const age = round - this.#at[0];
    if (age > this.#rounds) {
      this.#shift(value, round);
      if (round - this.#at[0] > this.#rounds) this.#shift(value, round);
    } else if (this.#at[1] === this.#at[0] && age > this.#rounds / 4) this.#fill(1, value, round);
    else if (this.#at[2] === this.#at[1] && age > this.#rounds / 2) this.#fill(2, value, round);
  }

  #shift(value: number, round: number): void {
    this.#values[0] = this.#values[1];
    this.#at[0] = this.#at[1];
    this.#values[1] = this.#values[2];
    this.#at[1] = this.#at[2];
    this.#fill(2, value, round);
  }
}
