/** The first Node that loads ESM through require() without a flag. */
const OLDEST = [20, 19];

/**
 * Says why this Node is too old, or nothing.
 * @param {string} version
 */
export function oldNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return fits ? undefined : `Heddle needs Node ${OLDEST.join('.')} or newer, and this is ${version}.`;
}
