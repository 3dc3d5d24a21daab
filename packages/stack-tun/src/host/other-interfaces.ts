import { networkInterfaces } from 'node:os';
import type { Interfaces, NetworkInterface } from '@heddle/core';

/** The addresses of the machine but for those of one interface: nobody is to reach us through our own tunnel, to build a tunnel in it. */
export function otherInterfaces(own: () => string | undefined): Interfaces {
  return {
    list() {
      const link = own();
      const others = Object.entries(networkInterfaces()).filter(([name]) => name !== link);
      return others.flatMap(([name, addresses = []]) => addresses.map((entry) => describe(name, entry)));
    },
  };
}

function describe(
  name: string,
  { address, cidr, internal }: { address: string; cidr: string | null; internal: boolean },
): NetworkInterface {
  return { name, address, prefixLength: Number(cidr?.split('/')[1] ?? 0), loopback: internal };
}
