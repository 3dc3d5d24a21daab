import { createSocket } from 'node:dgram';
import { describe, expect, test } from 'vitest';
import { dgramSockets } from './dgram-sockets.js';

const quiet = { message: () => {}, fault: () => {} };

describe('sockets of node:dgram', () => {
  for (const [family, address] of [
    [4, '127.0.0.1'],
    [6, '::1'],
  ] as const) {
    test(`IPv${family}: what is sent from memory that is reused at once arrives as it was`, async () => {
      let arrived = (_: string): void => {};
      const text = new Promise<string>((resolve) => {
        arrived = resolve;
      });
      const receiver = await dgramSockets().open({
        family,
        address,
        port: 0,
        ...quiet,
        message: (bytes) => arrived(String.fromCharCode(...bytes)),
      });
      const sender = await dgramSockets().open({ family, address, port: 0, ...quiet });
      const slab = new TextEncoder().encode('..hello..');
      expect(sender.send(slab, 2, 5, receiver.local.port, address)).toBe(true);
      slab.fill(0);
      expect(await text).toBe('hello');
      await Promise.all([sender.close(), receiver.close(), receiver.close()]);
    });
  }

  test('a taken port rejects with its code', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => void taken.bind(0, '127.0.0.1', resolve));
    await expect(dgramSockets().open({ family: 4, address: '127.0.0.1', port: taken.address().port, ...quiet })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    taken.close();
  });

  test('G4: a datagram that the kernel refuses is a fault of the datagram, and the socket goes on', async () => {
    let failed = (_: string): void => {};
    const fault = new Promise<string>((resolve) => {
      failed = resolve;
    });
    const socket = await dgramSockets().open({ family: 4, address: '127.0.0.1', port: 0, ...quiet, fault: (code) => failed(code) });
    socket.send(new Uint8Array(65_536), 0, 65_530, 9, '127.0.0.1');
    expect(await fault).toBe('EMSGSIZE');
    expect(socket.send(new Uint8Array(4), 0, 4, 9, '127.0.0.1')).toBe(true);
    await socket.close();
  });

  test('a mark is refused in clear words', async () => {
    await expect(dgramSockets().open({ family: 4, port: 0, mark: 5, ...quiet })).rejects.toMatchObject({ code: 'ENOTSUP' });
  });
});
