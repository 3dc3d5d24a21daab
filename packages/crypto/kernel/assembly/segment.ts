import { copyAndSum } from './checksum';
import { CWR, FIN, FLAGS, ID, isIpv6, PSH, read16, read32, SEQUENCE, write16, write32, writeIpLength, writeTcpChecksum } from './tcp-ip';

/**
 * Cuts the TCP super-packet at `from` into packets `stride` bytes apart, the first at `to`, lists their addresses and lengths, and
 * returns how many they are. The numbers are those of packages/wire's SegmentPlan, which is also what the result is compared with.
 */
export function segment(
  from: usize,
  ipHeaderLength: usize,
  headerLength: usize,
  payloadLength: usize,
  segmentSize: usize,
  to: usize,
  stride: usize,
  offsets: usize,
  lengths: usize,
): u32 {
  const count: u32 = payloadLength <= segmentSize ? 1 : <u32>((payloadLength + segmentSize - 1) / segmentSize);
  for (let i: u32 = 0; i < count; i++) {
    const done = <usize>i * segmentSize;
    const size = min(segmentSize, payloadLength - done);
    const length = headerLength + size;
    memory.copy(to, from, headerLength);
    const sum = copyAndSum(from + headerLength + done, to + headerLength, size);
    if (!isIpv6(to)) write16(to + ID, read16(from + ID) + i);
    writeIpLength(to, ipHeaderLength, length);
    const tcp = to + ipHeaderLength;
    write32(tcp + SEQUENCE, read32(tcp + SEQUENCE) + <u32>done);
    store<u8>(tcp + FLAGS, <u8>(<u32>load<u8>(tcp + FLAGS) & kept(i, count)));
    writeTcpChecksum(to, ipHeaderLength, headerLength, length, sum);
    store<u32>(offsets + (i << 2), <u32>to);
    store<u32>(lengths + (i << 2), <u32>length);
    to += stride;
  }
  return count;
}

/** The flags that packet `i` may keep: CWR the first, FIN and PSH the last. */
function kept(i: u32, count: u32): u32 {
  return (i === 0 ? 0xff : ~CWR) & (i === count - 1 ? 0xff : ~(FIN | PSH));
}
