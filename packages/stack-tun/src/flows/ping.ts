import { execFile } from 'node:child_process';
import { HeddleError } from '@heddle/core';

/** Seconds for which the program goes on asking when nobody ends it. */
const LONGEST = 3_600;

/** Milliseconds until ping(8) had its first answer. The signal ends it. */
export function ping(address: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    execFile('ping', ['-n', '-c', '1', '-w', `${LONGEST}`, address], { signal }, (fault, output, errors) => {
      const milliseconds = Number(/time[=<]([\d.]+) ms/.exec(output)?.[1] ?? Number.NaN);
      if (signal.aborted) reject(signal.reason);
      else if (Number.isFinite(milliseconds)) resolve(milliseconds);
      else reject(failure(address, fault as NodeJS.ErrnoException | null, errors));
    });
  });
}

function failure(address: string, fault: NodeJS.ErrnoException | null, errors: string): HeddleError {
  if (fault?.code === 'ENOENT') return new HeddleError('HEDDLE_TUN_PING', 'the program ping is not installed: install iputils-ping');
  return new HeddleError('EHOSTUNREACH', `${address} cannot be reached: ${errors.trim().split('\n', 1)[0] || 'no answer'}`);
}
