import { platform } from 'node:os';
import type { Address, UdpSocket } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { linuxUdpSockets } from './linux-udp.js';

interface Heard {
  readonly socket: UdpSocket;
  readonly messages: { readonly text: string; readonly from: Address }[];
  readonly faults: string[];
  /** Resolves with the next message or fault. */
  next(): Promise<void>;
}

async function open(family: 4 | 6, port = 0): Promise<Heard> {
  const messages: Heard['messages'] = [];
  const faults: string[] = [];
  let heard = (): void => {};
  const socket = await linuxUdpSockets().open({
    family,
    port,
    address: family === 4 ? '127.0.0.1' : '::1',
    message(bytes, address, from) {
      messages.push({ text: new TextDecoder().decode(bytes), from: { address, port: from } });
      heard();
    },
    fault(code) {
      faults.push(code);
      heard();
    },
  });
  return { socket, messages, faults, next: () => new Promise((resolve) => (heard = resolve)) };
}

describe.skipIf(platform() !== 'linux').each([4, 6] as const)('a UDP socket by system calls, IPv%i', (family) => {
  test('carries a datagram, from the middle of a slab, and says who sent it', async () => {
    const [a, b] = [await open(family), await open(family)];
    const slab = new TextEncoder().encode('....hello....');
    const came = b.next();
    expect(a.socket.send(slab, 4, 5, b.socket.local.port, b.socket.local.address)).toBe(true);
    slab.fill(0);
    await came;
    expect(b.messages).toEqual([{ text: 'hello', from: a.socket.local }]);
    await Promise.all([a.socket.close(), b.socket.close()]);
  });

  test('tells a datagram that is too long as a fault, and not in the stack of send', async () => {
    const a = await open(family);
    const told = a.next();
    expect(a.socket.send(new Uint8Array(70_000), 0, 70_000, 9, a.socket.local.address)).toBe(true);
    expect(a.faults).toEqual([]);
    await told;
    expect(a.faults).toEqual(['EMSGSIZE']);
    await a.socket.close();
  });

  test('rejects a port that is taken, with the code that Node would give', async () => {
    const a = await open(family);
    await expect(open(family, a.socket.local.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await a.socket.close();
  });

  test('takes nothing after close, which may be called twice', async () => {
    const a = await open(family);
    await Promise.all([a.socket.close(), a.socket.close()]);
    expect(a.socket.send(new Uint8Array(1), 0, 1, 9, a.socket.local.address)).toBe(false);
    expect(a.socket.busy()).toBe(false);
  });
});
