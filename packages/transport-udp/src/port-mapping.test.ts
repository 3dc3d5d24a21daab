import { decodeNatPmpRequest, decodePcpRequest, encodeNatPmpAnswer, encodePcpAnswer, parseAddress } from '@heddle/wire';
import { expect, test } from 'vitest';
import { StunWorld } from '../test/stun-world.js';
import type { Gateways } from './gateways.js';

const OUTSIDE = '203.0.113.5';

/** A laptop and a gateway that gives ports away, in one LAN. */
async function house(speaks: 'natPmp' | 'pcp' = 'natPmp') {
  const world = new StunWorld();
  const { clock, net } = world;
  const home = net.lan('home');
  const gateway = net.host('gateway', { ports: [{ on: home, addresses: ['192.168.1.1/24'] }] });
  const laptop = net.host('laptop', { ports: [{ on: home, addresses: ['192.168.1.2/24'] }] });
  /** Wishes by lifetime in seconds. */
  const wishes: number[] = [];
  const answer = (bytes: Uint8Array): Uint8Array | undefined => {
    const address = parseAddress(OUTSIDE)!;
    const pmp = speaks === 'natPmp' ? decodeNatPmpRequest(bytes) : undefined;
    if (pmp?.type === 'external-address') return encodeNatPmpAnswer({ type: 'external-address', epoch: 1, address });
    const pcp = speaks === 'pcp' ? decodePcpRequest(bytes) : undefined;
    if (pcp?.type === 'announce') return encodePcpAnswer({ type: 'announce', epoch: 1 });
    const map = pmp ?? pcp;
    if (map?.type === 'map') wishes.push(map.lifetime);
    if (pmp !== undefined) return encodeNatPmpAnswer({ ...pmp, externalPort: 50_001, epoch: 1 });
    return pcp && encodePcpAnswer({ ...pcp, externalPort: 50_002, externalAddress: address, epoch: 1 });
  };
  const socket = await clock.settle(
    gateway.udp.open({
      family: 4,
      port: 5351,
      fault: () => {},
      message: (bytes, address, port) => {
        const reply = answer(bytes);
        if (reply !== undefined) socket.send(reply, 0, reply.length, port, address);
      },
    }),
  );
  const found = { address: '192.168.1.1', interface: 'eth0' };
  const gateways: Gateways = { find: async () => found };
  return { world, clock, laptop, gateways, wishes, found };
}

test.each([
  ['natPmp', 50_001],
  ['pcp', 50_002],
] as const)('a port that the gateway gives by %s is told first, reported, and given back on close', async (speaks, port) => {
  const { world, clock, laptop, gateways, wishes } = await house(speaks);
  const asking = await world.bind(laptop, { gateways });
  await clock.advanceAsync(5_000);
  expect(asking.now('mapped')).toEqual([`udp:${OUTSIDE}:${port}`]);
  expect(asking.told.at(-1)![0]).toMatch(/^mapped /);
  expect(asking.reports.at(-1)!.portMapping).toEqual({
    natPmp: speaks === 'natPmp',
    pcp: speaks === 'pcp',
    mapped: { address: OUTSIDE, port },
  });
  expect(asking.bind.numbers).toMatchObject({ isMapped: true });
  expect(wishes).toEqual([7_200]);
  await clock.settle(asking.bind.close());
  await clock.advanceAsync(1_000);
  expect(wishes).toEqual([7_200, 0]);
  expect(clock.pending).toBe(0);
});

test('E10: in a network without such a gateway the mapped place is told no more', async () => {
  const { world, clock, laptop, gateways, found } = await house();
  const asking = await world.bind(laptop, { gateways });
  await clock.advanceAsync(5_000);
  found.interface = 'wlan0';
  asking.bind.poke();
  await clock.advanceAsync(100);
  expect(asking.now('mapped')).toEqual([]);
});

test('a gateway is not asked by a node without relays, nor where an address is bound, nor where the options say no', async () => {
  for (const options of [{ portMapping: false }, { addresses: { v4: '192.168.1.2' } }, 'none'] as const) {
    const { world, clock, laptop, gateways, wishes } = await house();
    const asking = await world.bind(
      laptop,
      options === 'none' ? { gateways } : { ...options, gateways },
      options === 'none' ? 'none' : undefined,
    );
    await clock.advanceAsync(5_000);
    expect([asking.now('mapped'), wishes]).toEqual([[], []]);
  }
});

test('who only seems to be the gateway is not heard', async () => {
  const { world, clock, laptop, gateways, found } = await house();
  found.address = '192.168.1.9';
  const asking = await world.bind(laptop, { gateways });
  await clock.advanceAsync(5_000);
  expect(asking.now('mapped')).toEqual([]);
});
