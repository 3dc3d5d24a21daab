import type { UdpSocket } from '@heddle/core';
import type { SimHost } from './sim-host.js';

/** A socket for tests that writes down what it gets. */
export interface HeardSocket {
  readonly socket: UdpSocket;
  /** `address:port text`, in order. */
  readonly heard: string[];
  readonly faults: string[];
  say(text: string, to: { readonly address: string; readonly port: number }): boolean;
}

export async function openSocket(host: SimHost, port = 0, family: 4 | 6 = 4, address?: string): Promise<HeardSocket> {
  const [heard, faults]: [string[], string[]] = [[], []];
  const socket = await host.udp.open({
    family,
    port,
    ...(address !== undefined && { address }),
    message: (bytes, from, fromPort) => heard.push(`${from}:${fromPort} ${new TextDecoder().decode(bytes)}`),
    fault: (code, fatal) => faults.push(fatal ? `${code}!` : code),
  });
  const say = (text: string, to: { readonly address: string; readonly port: number }): boolean => {
    const bytes = new TextEncoder().encode(text);
    return socket.send(bytes, 0, bytes.length, to.port, to.address);
  };
  return { socket, heard, faults, say };
}

/** The source of the last thing heard. */
export function lastSource(heard: readonly string[]): { address: string; port: number } {
  const [, address, port] = /^(.*):(\d+) /.exec(heard.at(-1) ?? '')!;
  return { address: address!, port: Number(port) };
}
