/** Counters this far behind the highest are still accepted, once (the same as wireguard-go). */
const WINDOW = 8128;
const BITS = 8192;
const BLOCKS = BITS / 32;
/** Enough for a session that has said little; most never say more. */
const FIRST_BLOCKS = 4;
const TWO_32 = 2 ** 32;

/**
 * RFC 6479: remembers which counters were seen, in a ring of bits where moving on clears whole words.
 *
 * Counters are two u32 words, so that all 2^64 are exact without BigInt.
 */
export class ReplayWindow {
  #seen: Uint32Array = new Uint32Array(FIRST_BLOCKS);
  #lastHi = 0;
  #lastLo = 0;

  /** True once for each counter that is not too old. Call it only with what has been authenticated. */
  accept(hi: number, lo: number): boolean {
    // Differences beyond 2^53 lose low bits, but those are far outside the window either way.
    const ahead = (hi - this.#lastHi) * TWO_32 + (lo - this.#lastLo);
    if (-ahead > WINDOW) return false;
    if (ahead > 0) this.#advance(ahead, hi, lo);
    return this.#testAndSet(lo);
  }

  #advance(ahead: number, hi: number, lo: number): void {
    if (this.#seen.length < BLOCKS && (hi > 0 || lo >= FIRST_BLOCKS * 32)) this.#grow();
    const seen = this.#seen;
    if (ahead >= BITS) {
      seen.fill(0);
    } else {
      const block = this.#lastLo >>> 5;
      const passed = ((this.#lastLo & 31) + ahead) >>> 5;
      for (let i = 1; i <= passed; i++) seen[(block + i) % BLOCKS] = 0;
    }
    this.#lastHi = hi;
    this.#lastLo = lo;
  }

  /** The first words keep their places: no counter has come round the ring yet. */
  #grow(): void {
    const seen = new Uint32Array(BLOCKS);
    seen.set(this.#seen);
    this.#seen = seen;
  }

  #testAndSet(lo: number): boolean {
    const block = (lo >>> 5) % BLOCKS;
    const bit = 1 << (lo & 31);
    const word = this.#seen[block]!;
    this.#seen[block] = word | bit;
    return (word & bit) === 0;
  }
}
