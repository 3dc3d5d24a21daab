import type { Address, Bytes } from '@heddle/core';
import { type MemoryHost, SeededRandom, type VirtualClock } from '@heddle/testing';

/*
 * Numbered datagrams: | number 4 | random bytes of that number |
 */

const NUMBER = 4;
const RETRY_AFTER = 500;
const WINDOW = 64;

/** The datagrams of a transfer, the same for both ends. */
export function numbered(count: number, size: number, seed: number): readonly Bytes[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (_, number) => {
    const datagram = new Uint8Array(size);
    random.fill(datagram);
    new DataView(datagram.buffer).setUint32(0, number);
    return datagram;
  });
}

export function numberOf(datagram: Bytes): number {
  return new DataView(datagram.buffer, datagram.byteOffset).getUint32(0);
}

/** A receiver that keeps every datagram that comes, and tells its number back. */
export async function collector(host: MemoryHost, port: number): Promise<readonly Bytes[]> {
  const received: Bytes[] = [];
  const bound = await host.bindUdp({ port }, (datagram, from) => {
    received.push(datagram.slice());
    bound.send(datagram.slice(0, NUMBER), from);
  });
  return received;
}

/** Sends each datagram again and again until its number has come back. False: not within `limit` milliseconds of virtual time. */
export async function sendAll(
  clock: VirtualClock,
  host: MemoryHost,
  to: Address,
  datagrams: readonly Bytes[],
  limit: number,
): Promise<boolean> {
  const missing = new Map(datagrams.map((datagram, number) => [number, { datagram, sentAt: Number.NEGATIVE_INFINITY }]));
  const port = await host.bindUdp({}, (answer) => void missing.delete(numberOf(answer)));
  const end = clock.now() + limit;
  while (missing.size > 0 && clock.now() < end) {
    for (const entry of [...missing.values()].slice(0, WINDOW)) {
      if (clock.now() - entry.sentAt < RETRY_AFTER) continue;
      entry.sentAt = clock.now();
      port.send(entry.datagram, to);
    }
    await clock.advanceAsync(5);
  }
  await port.close();
  return missing.size === 0;
}
