import { HeddleError } from '@heddle/core';

/** The number itself, or an error that names the option. */
export function atLeast(what: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new HeddleError('HEDDLE_RECORDING_OPTIONS', `${what} is ${value}; give a whole number of at least ${least}`);
}
