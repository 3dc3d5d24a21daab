const MOST_TRIES = 2_000;

/** A smaller input that still fails: parts are taken out, large ones first, as long as that goes. */
export function minimise(input: Uint8Array, fails: (input: Uint8Array) => boolean): Uint8Array {
  let best = input;
  let tries = MOST_TRIES;
  for (let size = Math.ceil(input.length / 2); size >= 1 && tries > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && tries > 0; tries--) {
      const shorter = without(best, at, size);
      if (fails(shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}

function without(input: Uint8Array, at: number, size: number): Uint8Array {
  const out = new Uint8Array(input.length - Math.min(size, input.length - at));
  out.set(input.subarray(0, at));
  out.set(input.subarray(Math.min(input.length, at + size)), at);
  return out;
}
