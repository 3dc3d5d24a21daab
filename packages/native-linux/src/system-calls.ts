import type { Bytes } from '@heddle/core';
import { bindCall, type Foreign, loadForeign } from './foreign.js';
import { soon, type Watch, watch } from './watch.js';

/** System calls that Node has not. What returns a number returns minus the error number when it fails. */
export interface SystemCalls {
  read(fd: number, address: number, length: number): number;
  write(fd: number, address: number, length: number): number;
  ioctl(fd: number, request: number, argument: Bytes): number;
  ioctlValue(fd: number, request: number, value: number): number;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Bytes): number;
  /** Where a buffer lies, for as long as it is there. */
  addressOf(buffer: ArrayBufferLike): number;
  watch(fd: number, ready: () => void): Watch;
  soon(run: () => void): void;
}

/** Rejects where there is no foreign function interface. */
export async function systemCalls(): Promise<SystemCalls> {
  return bindSystemCalls(await loadForeign());
}

/** Addresses travel as plain numbers: a pointer as a BigInt or a view would be an object per packet. */
export function bindSystemCalls(foreign: Foreign): SystemCalls {
  const bind = bindCall<(fd: number, address: Bytes, length: number) => number>(foreign, 'bind', ['int', 'uint8_t *', 'uint32_t']);
  return {
    read: bindCall(foreign, 'read', ['int', 'uintptr_t', 'size_t']),
    write: bindCall(foreign, 'write', ['int', 'uintptr_t', 'size_t']),
    ioctl: bindCall(foreign, 'ioctl', ['int', 'ulong', 'uint8_t *']),
    ioctlValue: bindCall(foreign, 'ioctl', ['int', 'ulong', 'ulong']),
    socket: bindCall(foreign, 'socket', ['int', 'int', 'int']),
    bind: (fd, address) => bind(fd, address, address.length),
    addressOf: (buffer) => Number(foreign.address(new Uint8Array(buffer))),
    watch: (fd, ready) => watch(foreign, fd, ready),
    soon,
  };
}
