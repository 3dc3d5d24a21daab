import { HeddleError } from '../errors/heddle-error.js';

/** One thing that is wrong with a composition. */
export interface Problem {
  /** What cannot be. */
  readonly what: string;
  /** Which declarations say so. */
  readonly cause: string;
  /** What to change. */
  readonly cure: string;
}

/** Everything that is wrong with a composition, in one error with the code HEDDLE_COMPOSITION. */
export class CompositionError extends HeddleError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('HEDDLE_COMPOSITION', message(problems));
    this.name = 'CompositionError';
    this.problems = problems;
  }
}

function message(problems: readonly Problem[]): string {
  const lines = problems.map((problem) => `${problem.what}: ${problem.cause}. ${problem.cure}.`);
  if (lines.length === 1) return `the plugins do not make a node: ${lines[0]}`;
  return `the plugins do not make a node, ${lines.length} problems:\n${lines.map((line, i) => `  ${i + 1}. ${line}`).join('\n')}`;
}
