/** Beyond so many texts they are looked up by their hash. */
const FEW = 8;

/** Texts in the order in which they came, each once. Few of them, as most peers have, lie in a plain list. */
export class TextSet {
  #few: string[] = [];
  #many: Set<string> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#few.length;
  }

  has(text: string): boolean {
    return this.#many?.has(text) ?? this.#few.includes(text);
  }

  add(text: string): void {
    if (this.has(text)) return;
    if (this.#many === undefined && this.#few.length === FEW) this.#spread();
    if (this.#many === undefined) this.#few.push(text);
    else this.#many.add(text);
  }

  delete(text: string): void {
    const at = this.#few.indexOf(text);
    if (at >= 0) this.#few.splice(at, 1);
    this.#many?.delete(text);
  }

  /** A copy: what happens to the set afterwards does not change it. */
  list(): string[] {
    return this.#many === undefined ? [...this.#few] : [...this.#many];
  }

  #spread(): void {
    this.#many = new Set(this.#few);
    this.#few = [];
  }
}
