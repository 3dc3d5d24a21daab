// @ts-check
import { EnginePair } from '../../../bench/rigs/engine-pair.mjs';
import { PlanePair } from '../../../bench/rigs/plane-pair.mjs';
import { UdpPair } from '../../../bench/rigs/udp-pair.mjs';

/**
 * @typedef {object} Rig
 * @property {() => void | Promise<void>} pass one batch
 * @property {number} received
 * @property {() => Promise<void>} [start]
 * @property {() => Promise<void>} [close]
 *
 * @typedef {object} Subject what is counted, and what it may cost
 * @property {string} name
 * @property {string} says
 * @property {number} batch packets at a time
 * @property {number} packets in all
 * @property {number} windows a collection before each; only those without one inside are counted
 * @property {number} semiSpace MiB, so that the young generation is the same everywhere
 * @property {boolean} [sealed] with the packet kernel; else with nothing in its place, because these gates want millions of packets
 * @property {boolean} [quiet] no collection at all may happen
 * @property {{ heap: number, external?: number }} most bytes a packet
 * @property {(crypto: import('@heddle/crypto').Crypto, batch: { packets: number, length: number }) => Rig} make
 */

/** @type {readonly Subject[]} */
export const subjects = [
  {
    name: 'engine',
    says: 'two engines and the packet kernel, batches of 64',
    sealed: true,
    batch: 64,
    packets: 1_000_000,
    windows: 1,
    semiSpace: 16,
    quiet: true,
    most: { heap: 1 },
    make: (crypto, batch) => new EnginePair(crypto, batch),
  },
  {
    name: 'engine-single',
    says: 'two engines, one packet at a time',
    batch: 1,
    packets: 1_000_000,
    windows: 1,
    semiSpace: 16,
    quiet: true,
    most: { heap: 1 },
    make: (crypto, batch) => new EnginePair(crypto, batch),
  },
  {
    name: 'plane',
    says: 'Stack to Stack through two nodes, batches of 64',
    batch: 64,
    packets: 1_000_000,
    windows: 1,
    semiSpace: 16,
    quiet: true,
    most: { heap: 4 },
    make: (crypto, batch) => new PlanePair(crypto, batch),
  },
  {
    name: 'plane-single',
    says: 'Stack to Stack through two nodes, one packet at a time',
    batch: 1,
    packets: 200_000,
    windows: 2,
    semiSpace: 32,
    most: { heap: 160 },
    make: (crypto, batch) => new PlanePair(crypto, batch),
  },
  {
    name: 'dgram',
    says: 'Stack to Stack over sockets of node:dgram, batches of 64',
    batch: 64,
    packets: 32_000,
    windows: 20,
    semiSpace: 64,
    most: { heap: 1_400, external: 1_600 },
    make: (crypto, batch) => new UdpPair(crypto, batch),
  },
];
