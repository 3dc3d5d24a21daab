import { closeSync } from 'node:fs';
import type { Bytes, UdpSocketOptions } from '@heddle/core';
import { SOCKET } from './kernel-numbers.js';
import { encodeSocketAddress } from './socket-address.js';
import { errorName, type SystemCalls, systemCalls } from './system-calls.js';

const NO_BYTES: Bytes = new Uint8Array(0);

/** Opens a bound, non-blocking UDP socket and returns its descriptor; throws an Error whose `code` is as Node spells it. */
export type UdpDescriptor = (options: Pick<UdpSocketOptions, 'family' | 'address' | 'port' | 'mark'>) => number;

/** UDP sockets with SO_MARK, for `dgramSockets({ descriptor })`. Rejects where there is no foreign function interface. */
export async function udpDescriptors(): Promise<UdpDescriptor> {
  const calls = await systemCalls();
  return (options) => openUdp(calls, options);
}

function openUdp(calls: SystemCalls, { family, address, port, mark = 0 }: Parameters<UdpDescriptor>[0]): number {
  const domain = family === 4 ? SOCKET.FAMILY_4 : SOCKET.FAMILY_6;
  const bytes = address === undefined ? NO_BYTES : calls.addressBytes(domain, address);
  if (bytes === undefined) throw refused('bind', 'EINVAL');
  const fd = succeed('socket', calls.socket(domain, SOCKET.DATAGRAM | SOCKET.NONBLOCKING | SOCKET.CLOSE_ON_EXEC, 0));
  try {
    if (family === 6) succeed('setsockopt', calls.setSocketOption(fd, SOCKET.LEVEL_IPV6, SOCKET.IPV6_ONLY, 1));
    if (mark !== 0) succeed('setsockopt', calls.setSocketOption(fd, SOCKET.LEVEL_SOCKET, SOCKET.MARK, mark | 0));
    succeed('bind', calls.bind(fd, encodeSocketAddress(family, bytes, port)));
    return fd;
  } catch (fault) {
    closeSync(fd);
    throw fault;
  }
}

function succeed(call: string, result: number): number {
  if (result >= 0) return result;
  throw refused(call, errorName(result));
}

function refused(call: string, code: string): Error {
  return Object.assign(new Error(`${call} ${code}`), { code, syscall: call });
}
