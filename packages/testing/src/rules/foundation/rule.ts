/** One promise of a contract, with the experiment that shows whether a part keeps it. */
export interface Rule<Harness> {
  /** Stable: `contract/subject`. */
  readonly id: string;
  /** The promise, as a sentence. */
  readonly says: string;
  /** What breaks in a node when the promise is broken. */
  readonly why: string;
  /** Rejects with a plain Error that names the rule, the fault and what was seen. */
  run(harness: Harness): Promise<void>;
}

/** Where an experiment takes place; taken down when it is over, also when it failed. */
export interface Experiment {
  /** Frees everything; throws when something went wrong behind the rule's back. */
  end(): Promise<void>;
}

export type MakeRule<Harness, E extends Experiment> = (
  id: string,
  says: string,
  why: string,
  body: (experiment: E) => Promise<void>,
) => Rule<Harness>;

/** Makes rules whose bodies run in an experiment of their own. */
export function ruleMaker<Harness, E extends Experiment>(set: (harness: Harness) => Promise<E>): MakeRule<Harness, E> {
  return (id, says, why, body) => ({
    id,
    says,
    why,
    async run(harness) {
      try {
        await conduct(await set(harness), body);
      } catch (fault) {
        throw new Error(`${id}: ${says} But: ${textOf(fault)}.`, { cause: fault });
      }
    },
  });
}

/** Ends a rule with what was seen, unless it is as it must be. */
export function expectThat(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Error(seen);
}

/** How to write about something that was thrown. */
export function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

async function conduct<E extends Experiment>(experiment: E, body: (experiment: E) => Promise<void>): Promise<void> {
  try {
    await body(experiment);
  } catch (fault) {
    await experiment.end().catch(() => {});
    throw fault;
  }
  await experiment.end();
}
