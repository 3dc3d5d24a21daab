// @ts-check

/**
 * @typedef {import('./run.mjs').Case} Case
 * @typedef {import('./run.mjs').Pair} Pair
 * @typedef {import('./run.mjs').Figure} Figure
 * @typedef {{ median: number, lowest: number, highest: number }} Spread
 */

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
}

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
function spread(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

/** @param {readonly Figure[]} figures */
function side(figures) {
  const cpu = figures.flatMap((figure) => (figure.cpuPerPacket === undefined ? [] : [figure.cpuPerPacket]));
  return { ...spread(figures.map((figure) => figure.value)), cpuPerPacket: cpu.length === 0 ? undefined : spread(cpu) };
}

/**
 * The result of a case: medians and ranges of both sides, and ours over the reference, round by round.
 * @param {Case} one
 * @param {readonly Pair[]} pairs
 */
export function summary({ name, says, unit, better }, pairs) {
  const ours = side(pairs.map((pair) => pair.ours));
  const reference = side(pairs.map((pair) => pair.reference));
  const ratio = spread(pairs.map((pair) => pair.ours.value / pair.reference.value));
  const cpuRatio = ratioOf(ours.cpuPerPacket, reference.cpuPerPacket);
  return { name, says, unit, better, rounds: pairs, ours, reference, ratio, cpuRatio };
}

/**
 * @param {Spread | undefined} ours
 * @param {Spread | undefined} reference
 */
function ratioOf(ours, reference) {
  return ours === undefined || reference === undefined ? undefined : ours.median / reference.median;
}

/**
 * @param {ReturnType<typeof summary>} result
 * @returns {string}
 */
export function table({ unit, better, rounds, ours, reference, ratio, cpuRatio }) {
  const cpu = cpuRatio === undefined ? '' : `, CPU per packet ${cpuRatio.toFixed(2)}x`;
  return [
    `  ours       ${line(ours, unit)}`,
    `  reference  ${line(reference, unit)}`,
    `  ratio      ${ratio.median.toFixed(2)}x (${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)}, ${better} is better)${cpu}; ${rounds.length} rounds`,
  ].join('\n');
}

/**
 * @param {ReturnType<typeof side>} figures
 * @param {string} unit
 */
function line({ median: middle, lowest, highest, cpuPerPacket }, unit) {
  const cpu = cpuPerPacket === undefined ? '' : `, CPU ${cpuPerPacket.median.toFixed(2)} us a packet`;
  return `${digits(middle)} ${unit} (${digits(lowest)} to ${digits(highest)})${cpu}`;
}

/** @param {number} value */
function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
