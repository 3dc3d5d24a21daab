import type { ErrorEntry } from '@heddle/core';

export type RecordingErrorCode = 'HEDDLE_RECORDING_OPTIONS' | 'HEDDLE_RECORDING_FILE';

/** The codes of captures and traffic logs: what each means and what to do. */
export const RECORDING_ERRORS: Readonly<Record<RecordingErrorCode, ErrorEntry>> = {
  HEDDLE_RECORDING_OPTIONS: {
    says: 'A capture or a traffic log cannot be started like this.',
    cure: 'Change the option that the message names.',
  },
  HEDDLE_RECORDING_FILE: {
    says: 'The file that packets or lines are to be written to cannot be opened. `cause` is the error of the system.',
    cure: 'Name a file in a folder where the program may write, and which no other user can write to.',
  },
};
