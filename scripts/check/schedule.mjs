/**
 * @typedef {import('./steps.mjs').Step} Step
 * @typedef {{ step: Step, ok: boolean, seconds: number, output: string }} Result
 */

/** One for each core of a small machine. */
const AT_ONCE = 2;

/**
 * Runs all steps, two at a time, in their order where they do not wait for another. What waits for a failed step is not run and fails.
 * @param {readonly Step[]} steps
 * @param {(step: Step) => Promise<Result>} perform
 * @param {(result: Result) => void} report called as each ends
 * @returns {Promise<Result[]>}
 */
export async function schedule(steps, perform, report) {
  /** @type {Map<string, Result>} */
  const done = new Map();
  const waiting = [...steps];
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  const note = (/** @type {Result} */ result) => {
    done.set(result.step.name, result);
    running.delete(result.step.name);
    report(result);
  };
  while (waiting.length + running.size > 0) {
    const next = running.size < AT_ONCE ? waiting.findIndex((step) => isReady(step, done)) : -1;
    if (next < 0) await Promise.race(running.values());
    else {
      const [step] = /** @type {[Step]} */ (waiting.splice(next, 1));
      const broken = step.after?.find((name) => done.get(name)?.ok === false);
      if (broken !== undefined) note({ step, ok: false, seconds: 0, output: `not run, because ${broken} failed` });
      else running.set(step.name, perform(step).then(note));
    }
  }
  return [...done.values()];
}

/**
 * @param {Step} step
 * @param {ReadonlyMap<string, Result>} done
 */
function isReady({ after = [] }, done) {
  return after.every((name) => done.has(name));
}
