// @ts-check

/** Keeps what is recorded. A chunk is only lent, so it is copied. */
export function memorySink() {
  /** @type {Uint8Array[]} */
  const chunks = [];
  return {
    sink: (/** @type {Uint8Array} */ chunk) => void chunks.push(chunk.slice()),
    bytes: () => chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    text: () => chunks.map((chunk) => new TextDecoder().decode(chunk)).join(''),
  };
}

/** @param {string} text */
export function lineCounter(text) {
  return text.split('\n').length - 1;
}
