import { parseAddress } from '@heddle/wire';

/** Where Tailscale's clients listen first. Any port would do, because it is announced; this one is the same after each start. */
export function peerApiPort(address: string): number | undefined {
  const bytes = parseAddress(address);
  if (bytes === undefined) return undefined;
  return 0x8000 | (crc32(bytes.subarray(-3)) & 0xffff);
}

/** CRC-32 of IEEE 802.3, bits reflected. */
function crc32(bytes: Uint8Array): number {
  let rest = 0xffff_ffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb8_8320 : 0);
  }
  return ~rest >>> 0;
}
