// Runs its share of the seeds and tells the parent of those that failed.
const [program = '', first, end, step] = process.argv.slice(2);
/** @type {{ runSeed(seed: number): Promise<import('../../packages/simulation/src/seeds/run-seed.js').SeedRun> }} */
const { runSeed } = await import(program);

for (let seed = Number(first); seed < Number(end); seed += Number(step)) {
  const run = await runSeed(seed);
  if (run.faults.length > 0) process.send?.(run);
}
process.disconnect?.();
