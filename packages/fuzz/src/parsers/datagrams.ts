import {
  decodeTcp,
  decodeTcpOptions,
  decodeUdp,
  encodeTcp,
  encodeUdp,
  TCP_OPTIONS_MAX,
  tcpOptionsLength,
  writeTcpOptions,
} from '@heddle/wire';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { FROM4, TCP_SACK, TCP_SEGMENT, TCP_SYN, TO4, UDP_DATAGRAM } from './packets.js';

const GARBAGE = new Uint8Array([1, 2, 3]);

/** UDP headers. */
export const udp: Parser = stateless(
  { name: 'udp', kind: 'bytes', seeds: [UDP_DATAGRAM, encodeUdp({ sourcePort: 1, destinationPort: 0, payload: GARBAGE }, FROM4, TO4)] },
  (input) => {
    const datagram = decodeUdp(input);
    if (datagram === undefined) return;
    const again = encodeUdp(datagram, FROM4, TO4);
    const expected = input.slice(0, again.length);
    expected.set(again.subarray(6, 8), 6);
    promiseSame(again, expected, 'B5: only the checksum may differ');
    promiseSame(decodeUdp(join(input, GARBAGE)), datagram, 'B4: bytes behind the datagram are ignored');
  },
);

/** TCP headers and options. Options that are padded otherwise than ours may need more room than there is; then they cannot be written. */
export const tcp: Parser = stateless({ name: 'tcp', kind: 'bytes', seeds: [TCP_SEGMENT, TCP_SYN, TCP_SACK] }, (input) => {
  const segment = decodeTcp(input);
  if (segment === undefined || tcpOptionsLength(segment.options) > TCP_OPTIONS_MAX) return;
  promiseSame(decodeTcp(encodeTcp(segment, FROM4, TO4)), segment, 'B5: what is read is written and read again');
});

/** TCP options alone, of any length. */
export const tcpOptions: Parser = stateless(
  { name: 'tcp-options', kind: 'bytes', longest: 300, seeds: [TCP_SYN.slice(20), TCP_SACK.slice(20), TCP_SEGMENT.slice(20, 32)] },
  (input) => {
    const options = decodeTcpOptions(input);
    const length = tcpOptionsLength(options);
    promise(length % 4 === 0 && length <= 4 + 12 + 4 + 36, 'options are whole words and not more than there are kinds');
    if (length > TCP_OPTIONS_MAX) return;
    const again = new Uint8Array(length);
    writeTcpOptions(again, 0, options);
    promiseSame(decodeTcpOptions(again), options, 'B5: what is read is written and read again');
    promiseSame(decodeTcpOptions(join(again, new Uint8Array(1), GARBAGE)), options, 'B4: nothing counts behind the end of the list');
  },
);
