import { defaultGateway } from '../../../transport-udp/src/pure/route-table.js';
import { bytesOf, textOf } from '../bytes.js';
import { type Parser, promise, stateless } from '../parser.js';

const HEAD = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const DEFAULT = 'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n';
const LAN = 'eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n';

/** The kernel's routes, as text. */
export const routeTable: Parser = stateless(
  {
    name: 'route-table',
    kind: 'text',
    seeds: [bytesOf(HEAD + DEFAULT + LAN), bytesOf(HEAD + LAN)],
    words: ['00000000', '0003', 'eth0', '\t', '\n'],
  },
  (input) => {
    const gateway = defaultGateway(textOf(input));
    const octets = gateway?.address.split('.').map(Number) ?? [10, 0, 0, 0];
    promise(
      octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet < 256),
      'the gateway is an IPv4 address',
    );
    promise([10, 172, 192, 100].includes(octets[0]!), 'and a private one');
  },
);
