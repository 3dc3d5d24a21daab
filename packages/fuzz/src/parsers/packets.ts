import { encodeIpv4, encodeIpv6, encodeTcp, encodeUdp, PROTOCOL, type Tcp } from '@heddle/wire';
import { fromHex, join } from '../bytes.js';

/*
 * Valid packets that more than one parser starts from.
 */

export const FROM4: Uint8Array = fromHex('0a000001');
export const TO4: Uint8Array = fromHex('0a000002');
export const FROM6: Uint8Array = fromHex('fd000000000000000000000000000001');
export const TO6: Uint8Array = fromHex('fd000000000000000000000000000002');
const TEXT = fromHex('68656c6c6f2c20776f726c64');

/** An IPv4 packet; `fragment` in bytes. */
export function packet4(protocol: number, payload: Uint8Array, options = '', fragment = 0, more = false): Uint8Array {
  const flags = { dontFragment: !more && fragment === 0, moreFragments: more, fragmentOffset: fragment };
  return encodeIpv4({ tos: 0, id: 7, ...flags, ttl: 64, protocol, source: FROM4, destination: TO4, options: fromHex(options), payload });
}

export function packet6(nextHeader: number, payload: Uint8Array): Uint8Array {
  return encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader, hopLimit: 64, source: FROM6, destination: TO6, payload });
}

/** A UDP datagram without its IP header, checksum for IPv4. */
export const UDP_DATAGRAM: Uint8Array = encodeUdp({ sourcePort: 51820, destinationPort: 53, payload: TEXT }, FROM4, TO4);

const SEGMENT: Tcp = {
  sourcePort: 40_000,
  destinationPort: 443,
  sequence: 0xffff_ff00,
  acknowledgment: 1,
  flags: 0x18,
  window: 65_535,
  urgent: 0,
  options: { timestamps: { value: 1, echo: 2 } },
  payload: TEXT,
};

/** TCP segments without IP header: established, SYN with all options, SACK. */
export const TCP_SEGMENT: Uint8Array = encodeTcp(SEGMENT, FROM4, TO4);
export const TCP_SYN: Uint8Array = encodeTcp(
  {
    ...SEGMENT,
    flags: 2,
    options: { mss: 1380, windowScale: 7, sackPermitted: true, timestamps: { value: 1, echo: 0 } },
    payload: new Uint8Array(0),
  },
  FROM4,
  TO4,
);
export const TCP_SACK: Uint8Array = encodeTcp(
  { ...SEGMENT, options: { timestamps: { value: 1, echo: 2 }, sack: [1, 2, 3].map((n) => ({ left: 1000 * n, right: 1000 * n + 500 })) } },
  FROM4,
  TO4,
);

/** A large segment, to be cut. */
export const LARGE_SEGMENT: Uint8Array = encodeTcp({ ...SEGMENT, payload: new Uint8Array(900).fill(0x61) }, FROM4, TO4);

const HOP_BY_HOP = '2b00010400000000';
const ROUTING = '3c00000000000000';
const DESTINATION = '2c00010400000000';

/** Extension headers of every kind in front of UDP: whole, first fragment, later fragment, authenticated, and a chain that is too long. */
export const EXTENDED: readonly Uint8Array[] = [
  packet6(PROTOCOL.HOP_BY_HOP, join(fromHex(`${HOP_BY_HOP}${ROUTING}1100010400000000`), UDP_DATAGRAM)),
  packet6(PROTOCOL.HOP_BY_HOP, join(fromHex(`${HOP_BY_HOP}${ROUTING}${DESTINATION}1100000100000007`), UDP_DATAGRAM)),
  packet6(PROTOCOL.FRAGMENT, join(fromHex('1100001000000007'), UDP_DATAGRAM)),
  packet6(PROTOCOL.AUTHENTICATION, join(fromHex('1104000000000001000000020102030405060708090a0b0c'), UDP_DATAGRAM)),
  packet6(PROTOCOL.DESTINATION_OPTIONS, join(fromHex('3c00010400000000'.repeat(9)), UDP_DATAGRAM)),
];
