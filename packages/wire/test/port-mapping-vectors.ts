import { hex } from './hex.js';

/** As MiniUPnPd 2.3.1 took and sent them, with other addresses: internal port 41641, external 50001 (NAT-PMP) and 50002 (PCP), 203.0.113.5 outside. */
export const PMP_ADDRESS_REQUEST: Uint8Array = hex('0000');
export const PMP_ADDRESS_ANSWER: Uint8Array = hex('00800000000003e8cb007105');
export const PMP_MAP_REQUEST: Uint8Array = hex('00010000a2a9000000001c20');
export const PMP_MAP_ANSWER: Uint8Array = hex('00810000000003e9a2a9c35100001c20');
export const PMP_DELETE: Uint8Array = hex('00010000a2a9c35100000000');
export const PCP_ANNOUNCE: Uint8Array = hex('020000000000000000000000000000000000ffffc0a80114');
export const PCP_ANNOUNCE_ANSWER: Uint8Array = hex('028000000000000000001388000000000000000000000000');
export const PCP_MAP_REQUEST: Uint8Array = hex(
  '0201000000001c2000000000000000000000ffffc0a80114a0a1a2a3a4a5a6a7a8a9aaab11000000a2a9000000000000000000000000ffff00000000',
);
export const PCP_MAP_ANSWER: Uint8Array = hex(
  '0281000000001c2000001389000000000000000000000000a0a1a2a3a4a5a6a7a8a9aaab11000000a2a9c35200000000000000000000ffffcb007105',
);
/** Result 12: the client's address is another than the packet's. */
export const PCP_REFUSAL: Uint8Array = hex('0281000c0000001e00001389000000000000000000000000');
