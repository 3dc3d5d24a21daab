import { decodeVnetHeader, VNET_HEADER, writeVnetHeader } from '@heddle/wire';
import { fromHex } from '../bytes.js';
import { type Parser, promiseSame, stateless } from '../parser.js';

/** The header of packets on a TUN device with offload. */
export const vnetHeader: Parser = stateless(
  { name: 'vnet-header', kind: 'bytes', longest: 64, seeds: [fromHex('01014200640514001000'), fromHex('0104560064053c00100045000028')] },
  (input) => {
    const header = decodeVnetHeader(input);
    if (header === undefined) return;
    const again = new Uint8Array(VNET_HEADER);
    writeVnetHeader(again, 0, header);
    promiseSame(again, input.slice(0, VNET_HEADER), 'B5: writing gives the bytes that were read');
  },
);
