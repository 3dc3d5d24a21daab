import type { CounterFamily } from '@heddle/core';

/** What an open Bind counts, and how it stands. */
export interface UdpNumbers {
  readonly stunSent: number;
  readonly stunReceived: number;
  /** Times that sockets were opened. */
  readonly opened: number;
  /** Sockets that the system took away. */
  readonly lost: number;
  readonly isMapped: boolean;
  readonly varies: boolean;
}

interface Counted {
  readonly numbers: UdpNumbers | undefined;
}

/** Datagrams stand in the numbers by path, and the faults of single ones among the drops. */
export function udpCounters(bind: Counted): readonly CounterFamily[] {
  const of = (name: keyof UdpNumbers) => (): number => Number(bind.numbers?.[name] ?? 0);
  return [
    { name: 'stun_sent', type: 'counter', says: 'Questions to STUN servers.', read: of('stunSent') },
    { name: 'stun_received', type: 'counter', says: 'Messages of STUN that came, also from strangers.', read: of('stunReceived') },
    { name: 'socket_openings', type: 'counter', says: 'Times that sockets were opened: 1, and 1 for each time anew.', read: of('opened') },
    { name: 'sockets_lost', type: 'counter', says: 'Sockets that the system took away.', read: of('lost') },
    { name: 'port_mapped', type: 'gauge', says: '1 while the gateway lends a port, by NAT-PMP or PCP.', read: of('isMapped') },
    { name: 'mapping_varies', type: 'gauge', says: '1 while a NAT gives a port of its own for each destination.', read: of('varies') },
  ];
}
