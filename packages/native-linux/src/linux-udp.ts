import { closeSync } from 'node:fs';
import type { UdpSocket, UdpSocketOptions, UdpSockets } from '@heddle/core';
import { errorName } from './foreign.js';
import { SOCKET } from './kernel-numbers.js';
import { LinuxUdpSocket } from './linux-udp-socket.js';
import { type SocketCalls, socketCalls } from './socket-calls.js';
import { UdpPlaces } from './udp-places.js';

export interface LinuxUdpOptions {
  /** SO_MARK of sockets that are opened without one. Default 0: none. */
  readonly mark?: number;
}

/** wireguard-go asks for as much. */
const KERNEL_BUFFER = 7 * 1024 * 1024;

/** UDP sockets with marks, by system calls: what `udp({ io })` takes. A mark needs CAP_NET_ADMIN; without it open rejects with EPERM. */
export function linuxUdpSockets(options: LinuxUdpOptions = {}): UdpSockets {
  return {
    async open(asked) {
      const mark = asked.mark || options.mark || 0;
      return openUdp(await socketCalls(), { ...asked, mark });
    },
  };
}

function openUdp(calls: SocketCalls, options: UdpSocketOptions & { readonly mark: number }): UdpSocket {
  const places = new UdpPlaces(calls, options.family);
  const address = places.encode(options.address, options.port);
  if (address === undefined) throw refusal('bind', 'EINVAL');
  const family = options.family === 4 ? SOCKET.FAMILY_4 : SOCKET.FAMILY_6;
  const fd = succeed('socket', calls.socket(family, SOCKET.DATAGRAM | SOCKET.NONBLOCKING | SOCKET.CLOSE_ON_EXEC, 0));
  try {
    if (options.family === 6) succeed('setsockopt', calls.setOption(fd, SOCKET.LEVEL_IPV6, SOCKET.IPV6_ONLY, 1));
    if (options.mark !== 0) succeed('setsockopt', calls.setOption(fd, SOCKET.LEVEL_SOCKET, SOCKET.MARK, options.mark | 0));
    enlargeBuffers(calls, fd);
    succeed('bind', calls.bind(fd, address));
    return new LinuxUdpSocket(calls, fd, places, options);
  } catch (fault) {
    closeSync(fd);
    throw fault;
  }
}

/** Beyond what the system allows to all where we may; what is refused stays as it is. */
function enlargeBuffers(calls: SocketCalls, fd: number): void {
  const ask = (forced: number, usual: number): void => {
    if (calls.setOption(fd, SOCKET.LEVEL_SOCKET, forced, KERNEL_BUFFER) < 0) calls.setOption(fd, SOCKET.LEVEL_SOCKET, usual, KERNEL_BUFFER);
  };
  ask(SOCKET.RECEIVE_BUFFER_FORCE, SOCKET.RECEIVE_BUFFER);
  ask(SOCKET.SEND_BUFFER_FORCE, SOCKET.SEND_BUFFER);
}

function succeed(call: string, result: number): number {
  if (result < 0) throw refusal(call, errorName(result));
  return result;
}

function refusal(call: string, code: string): Error {
  return Object.assign(new Error(`${call} ${code}`), { code, syscall: call });
}
