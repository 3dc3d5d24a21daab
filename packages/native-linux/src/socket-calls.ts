import type { Bytes } from '@heddle/core';
import { bindCall, type Foreign, loadForeign } from './foreign.js';
import { SOCKET } from './kernel-numbers.js';
import { bindSystemCalls, type SystemCalls } from './system-calls.js';

/** Enough for the text of any address, and for the name of any interface. */
const LONGEST_TEXT = 64;

/** What UDP sockets need beside the other calls. What returns a number returns minus the error number when it fails. */
export interface SocketCalls extends SystemCalls {
  /** The length of a datagram; its sender is written to `from`. */
  receive(fd: number, address: number, length: number, from: Bytes): number;
  send(fd: number, address: number, length: number, to: number, toLength: number): number;
  isWritable(fd: number): boolean;
  localAddress(fd: number, into: Bytes): number;
  option(fd: number, level: number, name: number): number;
  setOption(fd: number, level: number, name: number, value: number): number;
  /** Bytes of an address (4 or 16); undefined for what is none. */
  addressBytes(family: number, text: string): Bytes | undefined;
  addressText(family: number, bytes: Bytes): string;
  /** Number of an interface; 0: there is none of that name. */
  interfaceIndex(name: string): number;
  /** Undefined: there is none of that number. */
  interfaceName(index: number): string | undefined;
}

/** Rejects where there is no foreign function interface. */
export async function socketCalls(): Promise<SocketCalls> {
  const foreign = await loadForeign();
  return { ...bindSystemCalls(foreign), ...transferCalls(foreign), ...optionCalls(foreign), ...nameCalls(foreign) };
}

function transferCalls(foreign: Foreign): Pick<SocketCalls, 'receive' | 'send' | 'isWritable' | 'localAddress'> {
  type Receive = (fd: number, address: number, length: number, flags: number, from: Bytes, fromLength: Uint32Array) => number;
  type Send = (fd: number, address: number, length: number, flags: number, to: number, toLength: number) => number;
  type Poll = (asked: Bytes, count: number, timeout: number) => number;
  const receive = bindCall<Receive>(foreign, 'recvfrom', ['int', 'uintptr_t', 'size_t', 'int', 'uint8_t *', 'uint32_t *']);
  const send = bindCall<Send>(foreign, 'sendto', ['int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uint32_t']);
  const poll = bindCall<Poll>(foreign, 'poll', ['uint8_t *', 'ulong', 'int']);
  const name = bindCall<(fd: number, into: Bytes, length: Uint32Array) => number>(foreign, 'getsockname', [
    'int',
    'uint8_t *',
    'uint32_t *',
  ]);
  const fromLength = new Uint32Array(1);
  return {
    receive(fd, address, length, from) {
      fromLength[0] = from.length;
      return receive(fd, address, length, 0, from, fromLength);
    },
    send: (fd, address, length, to, toLength) => send(fd, address, length, 0, to, toLength),
    isWritable: (fd) => poll(pollRequest(fd, SOCKET.POLL_OUT), 1, 0) > 0,
    localAddress: (fd, into) => name(fd, into, Uint32Array.of(into.length)),
  };
}

/** struct pollfd: descriptor i32, events u16, what happened u16. */
function pollRequest(fd: number, events: number): Bytes {
  const b = new Uint8Array(8);
  const view = new DataView(b.buffer);
  view.setInt32(0, fd, true);
  view.setUint16(4, events, true);
  return b;
}

function optionCalls(foreign: Foreign): Pick<SocketCalls, 'option' | 'setOption'> {
  type Get = (fd: number, level: number, name: number, value: Int32Array, length: Uint32Array) => number;
  type Set = (fd: number, level: number, name: number, value: Int32Array, length: number) => number;
  const get = bindCall<Get>(foreign, 'getsockopt', ['int', 'int', 'int', 'int32_t *', 'uint32_t *']);
  const set = bindCall<Set>(foreign, 'setsockopt', ['int', 'int', 'int', 'int32_t *', 'uint32_t']);
  return {
    option(fd, level, name) {
      const value = new Int32Array(1);
      const refused = get(fd, level, name, value, Uint32Array.of(4));
      return refused < 0 ? refused : value[0]!;
    },
    setOption: (fd, level, name, value) => set(fd, level, name, Int32Array.of(value), 4),
  };
}

function nameCalls(foreign: Foreign): Pick<SocketCalls, 'addressBytes' | 'addressText' | 'interfaceIndex' | 'interfaceName'> {
  const libc = foreign.load(null);
  const toBytes = libc.func('inet_pton', 'int', ['int', 'str', 'uint8_t *']);
  const toText = libc.func('inet_ntop', 'str', ['int', 'uint8_t *', 'uint8_t *', 'uint32_t']);
  const toIndex = libc.func('if_nametoindex', 'uint32_t', ['str']);
  const toName = libc.func('if_indextoname', 'str', ['uint32_t', 'uint8_t *']);
  return {
    addressBytes(family, text) {
      const bytes = new Uint8Array(family === SOCKET.FAMILY_4 ? 4 : 16);
      return toBytes(family, text, bytes) === 1 ? bytes : undefined;
    },
    addressText: (family, bytes) => toText(family, bytes, new Uint8Array(LONGEST_TEXT), LONGEST_TEXT),
    interfaceIndex: (name) => toIndex(name),
    interfaceName: (index) => toName(index, new Uint8Array(LONGEST_TEXT)) ?? undefined,
  };
}
