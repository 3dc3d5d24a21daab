// environment: a poll that native code reports ends outside of Node's turn; an immediate brings it back in
import { platform } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { type Bytes, HeddleError } from '@heddle/core';
import { SOCKET } from './kernel-numbers.js';

/** System calls that Node has not. What returns a number returns minus the error number when it fails. */
export interface SystemCalls {
  read(fd: number, address: number, length: number): number;
  write(fd: number, address: number, length: number): number;
  ioctl(fd: number, request: number, argument: Bytes): number;
  ioctlValue(fd: number, request: number, value: number): number;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Bytes): number;
  /** The bytes of an address (4 or 16); undefined for what is none. */
  addressBytes(family: number, text: string): Bytes | undefined;
  setSocketOption(fd: number, level: number, name: number, value: number): number;
  /** Where a buffer lies, for as long as it is there. */
  addressOf(buffer: ArrayBufferLike): number;
  /** Calls once a turn of the event loop while the descriptor is readable. A failed descriptor is readable. */
  watch(fd: number, ready: () => void): Watch;
}

/** Stops and goes on; close is final and must come before the descriptor is closed. */
export interface Watch {
  pause(paused: boolean): void;
  close(): void;
}

type Koffi = typeof import('koffi').default;
type Call = (...args: readonly (number | Bytes)[]) => number;

/** Loads the foreign function interface. Rejects with HEDDLE_NATIVE_PLATFORM elsewhere than on Linux, HEDDLE_NATIVE_LOAD where it is missing. */
export async function systemCalls(): Promise<SystemCalls> {
  if (platform() !== 'linux')
    throw new HeddleError(
      'HEDDLE_NATIVE_PLATFORM',
      `there are no TUN devices of ours on ${platform()}: use netstack() of @heddle/stack-netstack`,
    );
  return bindCalls(await loadKoffi());
}

/** `EPERM` for -1 or 1. */
export function errorName(errno: number): string {
  return getSystemErrorName(-Math.abs(errno));
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default;
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message.split('\n', 1)[0] : String(fault);
    throw new HeddleError(
      'HEDDLE_NATIVE_LOAD',
      `koffi cannot be loaded (${reason}): install it, or use netstack() of @heddle/stack-netstack`,
      {
        cause: fault,
      },
    );
  }
}

/** Addresses travel as plain numbers: a pointer as a BigInt or a view would be an object per packet. */
function bindCalls(koffi: Koffi): SystemCalls {
  const libc = koffi.load(null);
  const bound = (name: string, types: readonly string[]): Call => {
    const call = libc.func(name, 'int', [...types]) as unknown as Call;
    return (...args) => {
      const result = call(...args);
      return result < 0 ? -koffi.errno() : result;
    };
  };
  const transfer = (name: string): SystemCalls['read'] => {
    const call = libc.func(name, 'int', ['int', 'uintptr_t', 'size_t']) as unknown as SystemCalls['read'];
    return (fd, address, length) => {
      const result = call(fd, address, length);
      return result < 0 ? -koffi.errno() : result;
    };
  };
  const bind = bound('bind', ['int', 'uint8_t *', 'uint32_t']);
  const setSocketOption = bound('setsockopt', ['int', 'int', 'int', 'uint8_t *', 'uint32_t']);
  const inetPton = libc.func('inet_pton', 'int', ['int', 'str', 'uint8_t *']) as unknown as (f: number, t: string, b: Bytes) => number;
  return {
    read: transfer('read'),
    write: transfer('write'),
    ioctl: bound('ioctl', ['int', 'ulong', 'uint8_t *']),
    ioctlValue: bound('ioctl', ['int', 'ulong', 'ulong']),
    socket: bound('socket', ['int', 'int', 'int']),
    bind: (fd, address) => bind(fd, address, address.length),
    addressBytes(family, text) {
      const bytes = new Uint8Array(family === SOCKET.FAMILY_4 ? 4 : 16);
      return inetPton(family, text, bytes) === 1 ? bytes : undefined;
    },
    setSocketOption: (fd, level, name, value) => setSocketOption(fd, level, name, new Uint8Array(new Int32Array([value]).buffer), 4),
    addressOf: (buffer) => Number(koffi.address(new Uint8Array(buffer))),
    watch: (fd, ready) => watch(koffi, fd, ready),
  };
}

/**
 * The callback of the poll runs outside of Node's own: promises that it settles would wait for the next event, and what it throws would be
 * lost. So it only asks for an immediate, which comes in the same turn.
 */
function watch(koffi: Koffi, fd: number, ready: () => void): Watch {
  let asked: NodeJS.Immediate | undefined;
  const run = (): void => {
    asked = undefined;
    ready();
  };
  const ring = (): void => {
    asked ??= setImmediate(run);
  };
  const poll = koffi.node.poll(fd, ring);
  const forget = (): void => {
    clearImmediate(asked);
    asked = undefined;
  };
  return {
    pause(paused) {
      if (paused) poll.stop();
      else poll.start(ring);
      if (paused) forget();
    },
    close() {
      forget();
      poll.close();
    },
  };
}
