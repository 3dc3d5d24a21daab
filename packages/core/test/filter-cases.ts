import type { FilterRule } from '@heddle/core';
import type { PacketText } from './filter-packets.js';

/** What the node under test is: its addresses, and a route that it advertises. */
export const OURS: readonly string[] = ['100.64.0.1/32', 'fd7a:115c:a1e0::1/128', '192.168.5.0/24'];
/** The capability that the node with the addresses 100.64.0.2 and fd7a:115c:a1e0::2 has. */
export const CAPABILITY_OF_A = 'example.com/cap/web';

const A = { from: '100.64.0.2', to: '100.64.0.1' };
const B = { from: '100.64.0.3', to: '100.64.0.1' };
const A6 = { from: 'fd7a:115c:a1e0::2', to: 'fd7a:115c:a1e0::1' };
const SYN = 0x02;
const tcp = (port: number, flags: number = SYN) => ({ protocol: 6, sourcePort: 40_000, port, flags });
const udp = (port: number) => ({ protocol: 17, sourcePort: 40_000, port });

/** Packets that arrive, each in a world where nothing was sent before. */
export const FLOWS: Readonly<Record<string, PacketText>> = {
  'a-ssh': { ...A, ...tcp(22) },
  'a-ssh-ecn': { ...A, ...tcp(22, 0xc2) },
  'a-http': { ...A, ...tcp(80) },
  'a-https': { ...A, ...tcp(443) },
  'a-tcp-65535': { ...A, ...tcp(65_535) },
  'a-tcp-ack': { ...A, ...tcp(22, 0x10) },
  'a-tcp-synack': { ...A, ...tcp(22, 0x12) },
  'a-tcp-rst': { ...A, ...tcp(22, 0x04) },
  'a-tcp-none': { ...A, ...tcp(22, 0) },
  'a-tcp-short': { ...A, ...tcp(22), length: 12 },
  'a-dns': { ...A, ...udp(53) },
  'a-udp-0': { ...A, ...udp(0) },
  'a-udp-9999': { ...A, ...udp(9_999) },
  'a-udp-short': { ...A, ...udp(53), length: 7 },
  'a-sctp': { ...A, protocol: 132, sourcePort: 1, port: 5_000 },
  'a-ping': { ...A, protocol: 1, icmp: [8, 0] },
  'a-pong': { ...A, protocol: 1, icmp: [0, 0] },
  'a-pong-code-1': { ...A, protocol: 1, icmp: [0, 1] },
  'a-unreachable': { ...A, protocol: 1, icmp: [3, 3] },
  'a-unreachable-short': { ...A, protocol: 1, icmp: [3, 3], length: 6 },
  'a-redirect': { ...A, protocol: 1, icmp: [5, 0] },
  'a-igmp': { ...A, protocol: 2 },
  'a-gre': { ...A, protocol: 47 },
  'a-tsmp': { ...A, protocol: 99 },
  'a-protocol-0': { ...A, protocol: 0 },
  'a-protocol-255': { ...A, protocol: 255 },
  'a-multicast': { ...A, ...udp(53), to: '224.0.0.251' },
  'a-link-local': { ...A, ...udp(53), to: '169.254.1.1' },
  'a-subnet-http': { ...A, ...tcp(80), to: '192.168.5.10' },
  'a-subnet-ping': { ...A, protocol: 1, icmp: [8, 0], to: '192.168.5.10' },
  'a-elsewhere': { ...A, ...tcp(80), to: '192.168.6.10' },
  'a-elsewhere-ack': { ...A, ...tcp(80, 0x10), to: '192.168.6.10' },
  'a-fragment-first': { ...A, ...udp(53), fragment: { id: 7, offset: 0, more: true } },
  'a-fragment-tiny': { ...A, ...tcp(22), length: 16, fragment: { id: 7, offset: 0, more: true } },
  'a-fragment-low': { ...A, ...tcp(22), fragment: { id: 7, offset: 1, more: false } },
  'a-fragment-later': { ...A, ...tcp(22), fragment: { id: 7, offset: 10, more: false } },
  'a-fragment-tsmp': { ...A, protocol: 99, fragment: { id: 7, offset: 0, more: true } },
  'b-ssh': { ...B, ...tcp(22) },
  'b-http': { ...B, ...tcp(80) },
  'b-dns': { ...B, ...udp(53) },
  'b-ping': { ...B, protocol: 1, icmp: [8, 0] },
  'stranger-ssh': { ...A, ...tcp(22), from: '203.0.113.9' },
  'a6-ssh': { ...A6, ...tcp(22) },
  'a6-http': { ...A6, ...tcp(80) },
  'a6-dns': { ...A6, ...udp(53) },
  'a6-ping': { ...A6, protocol: 58, icmp: [128, 0] },
  'a6-pong': { ...A6, protocol: 58, icmp: [129, 0] },
  'a6-too-big': { ...A6, protocol: 58, icmp: [2, 0] },
  'a6-neighbour': { ...A6, protocol: 58, icmp: [135, 0] },
  'a6-icmp-of-v4': { ...A6, protocol: 1, icmp: [8, 0] },
  'a6-hop-by-hop': { ...A6, protocol: 0 },
  'a6-destination-options': { ...A6, protocol: 60 },
  'a6-link-local': { ...A6, ...udp(53), to: 'fe80::1' },
  'a6-multicast': { ...A6, ...udp(53), to: 'ff02::1' },
  'a6-fragment-first': { ...A6, ...udp(53), fragment: { id: 7, offset: 0, more: true } },
  'a6-fragment-tiny': { ...A6, ...tcp(22), length: 16, fragment: { id: 7, offset: 0, more: true } },
  'a6-fragment-low': { ...A6, ...tcp(22), fragment: { id: 7, offset: 1, more: false } },
  'a6-fragment-later': { ...A6, ...tcp(22), fragment: { id: 7, offset: 10, more: false } },
};

/** Let in whatever the rules say: they open nothing. */
export const ALWAYS: readonly string[] =
  'a-tcp-ack a-tcp-synack a-tcp-rst a-tcp-none a-pong a-unreachable a-tsmp a-fragment-later a6-pong a6-too-big a6-fragment-later'.split(
    ' ',
  );

/** A rule set, and the flows that it lets in beside those that always pass. */
export interface FilterCase {
  readonly says: string;
  readonly rules: readonly FilterRule[];
  readonly accepts: string;
}

type Ports = readonly [first: number, last: number];
const ALL: Ports = [0, 65_535];

function rule(
  sources: readonly string[],
  to: readonly (readonly [string, ...(readonly Ports[])])[],
  protocols?: readonly number[],
): FilterRule {
  const destinations = to.flatMap(([addresses, ...ports]) =>
    (ports.length === 0 ? [ALL] : ports).map(([first, last]) => ({ addresses, ports: { first, last } })),
  );
  return { sources, destinations, ...(protocols && { protocols }) };
}

const port = (number: number): Ports => [number, number];

export const FILTER_CASES: readonly FilterCase[] = [
  { says: 'no rule at all', rules: [], accepts: '' },
  {
    says: 'everything from everywhere',
    rules: [rule(['*'], [['*']])],
    accepts:
      'a-ssh a-ssh-ecn a-http a-https a-tcp-65535 a-dns a-udp-0 a-udp-9999 a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-http a-subnet-ping a-fragment-first b-ssh b-http b-dns b-ping stranger-ssh a6-ssh a6-http a6-dns a6-ping a6-neighbour a6-icmp-of-v4 a6-fragment-first',
  },
  {
    says: 'one address to one port',
    rules: [rule(['100.64.0.2'], [['100.64.0.1', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect',
  },
  {
    says: 'one address to one port, TCP alone',
    rules: [rule(['100.64.0.2'], [['100.64.0.1', port(22)]], [6])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect',
  },
  {
    says: 'one address to one port, UDP alone',
    rules: [rule(['100.64.0.2'], [['100.64.0.1', port(53)]], [17])],
    accepts: 'a-dns a-ping a-pong-code-1 a-unreachable-short a-redirect a-fragment-first',
  },
  {
    says: 'a port that nobody asks for still opens ICMP',
    rules: [rule(['100.64.0.2'], [['100.64.0.1', port(1)]])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect',
  },
  {
    says: 'ICMP as the only protocol opens no port',
    rules: [rule(['*'], [['*']], [1])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour a6-icmp-of-v4',
  },
  {
    says: 'ICMPv6 as the only protocol opens ICMP of both families',
    rules: [rule(['*'], [['*']], [58])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'an empty list of protocols opens ICMP alone',
    rules: [rule(['*'], [['*']], [])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'protocols out of range are left out',
    rules: [rule(['*'], [['*']], [-1, 256, 6.5])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'protocols out of range beside one in range',
    rules: [rule(['*'], [['*']], [300, 17])],
    accepts:
      'a-dns a-udp-0 a-udp-9999 a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping a-fragment-first b-dns b-ping a6-dns a6-ping a6-neighbour a6-fragment-first',
  },
  {
    says: 'the prefix of the tailnet as source',
    rules: [rule(['100.64.0.0/10'], [['100.64.0.1', port(80), port(443)]])],
    accepts: 'a-http a-https a-ping a-pong-code-1 a-unreachable-short a-redirect b-http b-ping',
  },
  {
    says: 'a range of ports',
    rules: [rule(['100.64.0.0/10'], [['*', [80, 443]]])],
    accepts: 'a-http a-https a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-http a-subnet-ping b-http b-ping',
  },
  {
    says: 'ports from 0',
    rules: [rule(['*'], [['*', [0, 52]]])],
    accepts:
      'a-ssh a-ssh-ecn a-udp-0 a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ssh b-ping stranger-ssh a6-ssh a6-ping a6-neighbour',
  },
  {
    says: 'ports to the last',
    rules: [rule(['*'], [['*', [444, 65_535]]])],
    accepts: 'a-tcp-65535 a-udp-9999 a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'a range of ports the wrong way round',
    rules: [rule(['*'], [['*', [443, 80]]])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'a span of sources that begins with A',
    rules: [rule(['100.64.0.2-100.64.0.2'], [['*', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping',
  },
  {
    says: 'a span of sources with both',
    rules: [rule(['100.64.0.1-100.64.0.9'], [['*', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ssh b-ping',
  },
  { says: 'a span of sources that begins behind A', rules: [rule(['100.64.0.3-100.64.0.9'], [['*', port(22)]])], accepts: 'b-ssh b-ping' },
  {
    says: 'a span the wrong way round is left out',
    rules: [rule(['100.64.0.9-100.64.0.1', '100.64.0.3'], [['*', port(22)]])],
    accepts: 'b-ssh b-ping',
  },
  { says: 'a span across families is left out', rules: [rule(['100.64.0.1-fd7a::1'], [['*', port(22)]])], accepts: '' },
  { says: 'a prefix with host bits is left out', rules: [rule(['100.64.0.1/24'], [['*', port(22)]])], accepts: '' },
  {
    says: 'a source that is no address is left out',
    rules: [rule(['100.64.0', '', 'web', '100.64.0.3'], [['*', port(22)]])],
    accepts: 'b-ssh b-ping',
  },
  {
    says: 'a destination that is no address is left out',
    rules: [
      rule(
        ['*'],
        [
          ['100.64.0.1/8', port(22)],
          ['100.64.0.1', port(80)],
        ],
      ),
    ],
    accepts: 'a-http a-ping a-pong-code-1 a-unreachable-short a-redirect b-http b-ping',
  },
  {
    says: 'a destination prefix around us',
    rules: [rule(['100.64.0.2'], [['100.64.0.0/30', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect',
  },
  {
    says: 'a destination span around us',
    rules: [rule(['100.64.0.2'], [['100.64.0.0-100.64.0.1', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect',
  },
  { says: 'a destination beside us', rules: [rule(['*'], [['100.64.0.9']])], accepts: '' },
  { says: 'the subnet that we route', rules: [rule(['100.64.0.0/10'], [['192.168.5.0/24']])], accepts: 'a-subnet-http a-subnet-ping' },
  {
    says: 'one host of the subnet, one port',
    rules: [rule(['100.64.0.2'], [['192.168.5.10', port(80)]])],
    accepts: 'a-subnet-http a-subnet-ping',
  },
  { says: 'a network that we do not route', rules: [rule(['*'], [['192.168.0.0/16', port(80)]])], accepts: 'a-subnet-http a-subnet-ping' },
  { says: 'IPv6 alone', rules: [rule(['fd7a:115c:a1e0::/48'], [['fd7a:115c:a1e0::1', port(22)]])], accepts: 'a6-ssh a6-ping a6-neighbour' },
  {
    says: 'an IPv6 source and an IPv4 destination never meet',
    rules: [rule(['fd7a:115c:a1e0::2'], [['100.64.0.1', port(22)]])],
    accepts: '',
  },
  {
    says: 'both families in one rule',
    rules: [
      rule(
        ['100.64.0.2', 'fd7a:115c:a1e0::2'],
        [
          ['100.64.0.1', port(22)],
          ['fd7a:115c:a1e0::1', port(53)],
        ],
      ),
    ],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect a6-dns a6-ping a6-neighbour a6-fragment-first',
  },
  {
    says: 'an IPv6 span',
    rules: [rule(['fd7a:115c:a1e0::-fd7a:115c:a1e0::ff'], [['*', port(80)]])],
    accepts: 'a6-http a6-ping a6-neighbour',
  },
  {
    says: 'two rules: what one does not accept the other may',
    rules: [rule(['100.64.0.3'], [['*', port(22)]], [6]), rule(['100.64.0.2'], [['*', port(53)]], [17])],
    accepts: 'a-dns a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping a-fragment-first b-ssh b-ping',
  },
  {
    says: 'other protocols need all ports',
    rules: [rule(['*'], [['*', [1, 65_535]]], [2, 47, 99])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'GRE by name, all ports',
    rules: [rule(['100.64.0.2'], [['100.64.0.1']], [47])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-gre',
  },
  {
    says: 'IGMP and SCTP',
    rules: [rule(['*'], [['*']], [2, 132])],
    accepts: 'a-sctp a-ping a-pong-code-1 a-unreachable-short a-redirect a-igmp a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'SCTP by port',
    rules: [rule(['*'], [['*', port(5_000)]], [132])],
    accepts: 'a-sctp a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'protocol 0 and 255 are never accepted',
    rules: [rule(['*'], [['*']], [0, 255])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour',
  },
  {
    says: 'IPv6 extension headers as protocols',
    rules: [rule(['*'], [['*']], [0, 43, 44, 60])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-ping a6-ping a6-neighbour a6-destination-options',
  },
  {
    says: 'ICMP for IPv4 by number in IPv6',
    rules: [rule(['fd7a:115c:a1e0::2'], [['fd7a:115c:a1e0::1']], [1])],
    accepts: 'a6-ping a6-neighbour a6-icmp-of-v4',
  },
  {
    says: 'a capability as source',
    rules: [rule([`cap:${CAPABILITY_OF_A}`], [['100.64.0.1', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping',
  },
  { says: 'a capability that A does not have', rules: [rule(['cap:example.com/cap/other'], [['*']])], accepts: '' },
  {
    says: 'a capability opens ICMP to every address of ours in the family',
    rules: [rule([`cap:${CAPABILITY_OF_A}`], [['100.64.0.9', port(1)]])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping',
  },
  {
    says: 'a capability opens no other protocol',
    rules: [rule([`cap:${CAPABILITY_OF_A}`], [['*']], [47])],
    accepts: 'a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping a6-ping a6-neighbour',
  },
  { says: 'an empty capability is nobody', rules: [rule(['cap:'], [['*']])], accepts: '' },
  {
    says: 'a capability and an address',
    rules: [rule([`cap:${CAPABILITY_OF_A}`, '100.64.0.3'], [['100.64.0.1', port(80)]], [6])],
    accepts: 'a-http a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping b-http b-ping',
  },
  {
    says: 'the last address of all',
    rules: [rule(['255.255.255.255', '0.0.0.0-100.64.0.2'], [['*', port(22)]])],
    accepts: 'a-ssh a-ssh-ecn a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-ping',
  },
  {
    says: 'many single sources',
    rules: [
      rule(
        Array.from({ length: 50 }, (_, i) => `100.64.0.${4 * i + 2}`),
        [['*', port(80)]],
      ),
    ],
    accepts: 'a-http a-ping a-pong-code-1 a-unreachable-short a-redirect a-subnet-http a-subnet-ping',
  },
  { says: 'sources without destination', rules: [rule(['*'], [])], accepts: '' },
  { says: 'a destination without sources', rules: [rule([], [['*']])], accepts: '' },
  {
    says: 'grants open nothing',
    rules: [{ sources: ['*'], destinations: [], grants: [{ destinations: ['*'], capabilities: new Map([['example.com/cap/x', []]]) }] }],
    accepts: '',
  },
];
