import { networkInterfaces } from 'node:os';
import type { Interfaces } from '@heddle/core';

/** The addresses of this machine. */
export function hostInterfaces(): Interfaces {
  return {
    list: () =>
      Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
        addresses.map(({ address, cidr, internal }) => ({ name, address, prefixLength: prefixLength(cidr), loopback: internal })),
      ),
  };
}

function prefixLength(cidr: string | null): number {
  return Number(cidr?.split('/')[1] ?? 0);
}
