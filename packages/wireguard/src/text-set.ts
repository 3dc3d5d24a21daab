/** Beyond so many texts they are looked up by their hash. */
const FEW = 8;

/** Texts in the order in which they came, each once. Few of them, as most peers have, lie in a plain list. */
export class TextSet {
  /** A list is replaced, not changed: one that grows in place takes room for seventeen. */
  #texts: readonly string[] | Set<string> = [];

  get size(): number {
    const texts = this.#texts;
    return texts instanceof Set ? texts.size : texts.length;
  }

  has(text: string): boolean {
    const texts = this.#texts;
    return texts instanceof Set ? texts.has(text) : texts.includes(text);
  }

  add(text: string): void {
    const texts = this.#texts;
    if (texts instanceof Set) texts.add(text);
    else if (!texts.includes(text)) this.#texts = texts.length < FEW ? texts.concat(text) : new Set(texts).add(text);
  }

  /** Adds them in this order. The list is not changed, but may be kept: nobody changes it afterwards. */
  addAll(texts: readonly string[]): void {
    if (this.size === 0 && texts.length <= FEW && areDistinct(texts)) this.#texts = texts;
    else for (const text of texts) this.add(text);
  }

  delete(text: string): void {
    const texts = this.#texts;
    if (texts instanceof Set) texts.delete(text);
    else this.#texts = texts.filter((other) => other !== text);
  }

  /** A copy: what happens to the set afterwards does not change it. */
  list(): string[] {
    return [...this.#texts];
  }
}

/** Of few. */
function areDistinct(texts: readonly string[]): boolean {
  for (let i = 1; i < texts.length; i++) if (texts.indexOf(texts[i]!) < i) return false;
  return true;
}
