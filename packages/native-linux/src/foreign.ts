import { platform } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { HeddleError } from '@heddle/core';

/** The foreign function interface, loaded. */
export type Foreign = typeof import('koffi').default;

/** Loads it. Rejects with HEDDLE_NATIVE_PLATFORM elsewhere than on Linux, HEDDLE_NATIVE_LOAD where it is missing. */
export async function loadForeign(): Promise<Foreign> {
  if (platform() !== 'linux')
    throw new HeddleError('HEDDLE_NATIVE_PLATFORM', `there is nothing of ours for ${platform()}: use netstack() of @heddle/stack-netstack`);
  try {
    return (await import('koffi')).default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new HeddleError(
      'HEDDLE_NATIVE_LOAD',
      `koffi cannot be loaded (${reason}): install it, or use netstack() of @heddle/stack-netstack`,
      {
        cause,
      },
    );
  }
}

/** A function of libc that returns an int: minus the error number where it fails. */
export function bindCall<T extends (...args: never[]) => number>(foreign: Foreign, name: string, types: readonly string[]): T {
  const call = foreign.load(null).func(name, 'int', [...types]) as unknown as (...args: never[]) => number;
  const checked = (...args: never[]): number => {
    const result = call(...args);
    return result < 0 ? -foreign.errno() : result;
  };
  return checked as T;
}

/** `EPERM` for -1 or 1. */
export function errorName(errno: number): string {
  return getSystemErrorName(-Math.abs(errno));
}
