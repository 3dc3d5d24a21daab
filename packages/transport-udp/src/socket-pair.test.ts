import type { UdpSocket, UdpSockets } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { closePair, openPair } from './socket-pair.js';

/** A host whose answers are written down per family; counts what is open. */
function host(answer: (family: 4 | 6, port: number) => string | number) {
  const state = { open: 0, asked: [] as string[] };
  const sockets: UdpSockets = {
    async open({ family, port }) {
      state.asked.push(`${family}:${port}`);
      const given = answer(family, port);
      if (typeof given === 'string') throw Object.assign(new Error(given), { code: given });
      state.open += 1;
      const close = async (): Promise<void> => {
        state.open -= 1;
      };
      return {
        local: { address: '', port: given },
        send: () => true,
        busy: () => false,
        receiveBuffer: 0,
        sendBuffer: 0,
        close,
      } satisfies UdpSocket;
    },
  };
  return { sockets, state };
}

const quiet = { message: () => {}, fault: () => {} };

describe('a pair of sockets', () => {
  test('has one port in both families', async () => {
    const { sockets, state } = host((_, port) => port || 4000);
    const pair = await openPair(sockets, { port: 0, ...quiet });
    expect([pair.port, pair.v4?.local.port, pair.v6?.local.port]).toEqual([4000, 4000, 4000]);
    await closePair(pair);
    expect(state.open).toBe(0);
  });

  test('G4: does without IPv6 where the host has none, and says so', async () => {
    const { sockets } = host((family, port) => (family === 6 ? 'EAFNOSUPPORT' : port || 4000));
    const pair = await openPair(sockets, { port: 0, ...quiet });
    expect([pair.v4?.local.port, pair.v6]).toEqual([4000, undefined]);
    expect(pair.missing).toEqual([{ family: 6, code: 'EAFNOSUPPORT' }]);
  });

  test('tries other ports when any will do and one is taken in the other family', async () => {
    let next = 4000;
    const { sockets, state } = host((family, port) => (family === 4 ? next++ : port < 4003 ? 'EADDRINUSE' : port));
    const pair = await openPair(sockets, { port: 0, ...quiet });
    expect(pair.port).toBe(4003);
    expect(state.open).toBe(2);
  });

  test.each(['EADDRINUSE', 'EMFILE', 'EACCES'])('G4: %s on a port that was asked for rejects and leaves nothing open', async (code) => {
    const { sockets, state } = host((family) => (family === 6 ? code : 4000));
    await expect(openPair(sockets, { port: 4000, ...quiet })).rejects.toMatchObject({ code });
    expect(state.open).toBe(0);
  });

  test('a host with neither family rejects', async () => {
    const { sockets } = host(() => 'EAFNOSUPPORT');
    await expect(openPair(sockets, { port: 0, ...quiet })).rejects.toMatchObject({ code: 'EAFNOSUPPORT' });
  });
});
