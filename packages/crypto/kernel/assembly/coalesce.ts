import { fold, sumOf, swap } from './checksum';
import { ACK, FLAGS, ID, isIpv6, PSH, pseudoSum, read16, read32, SEQUENCE, writeIpLength, writeTcpChecksum } from './tcp-ip';

/*
 * TCP segments that follow each other in a table become one super-packet where the first of them lies.
 *
 *   | headers | payload |   gap   | headers | payload |  ...      before
 *   | headers | payload | payload |  ...                          after
 *
 * src/coalesce-reference.ts says in TypeScript what may be joined; the two are compared byte by byte.
 */

const LARGEST: usize = 65535;
/** DF alone may be set: no fragments. */
const FRAGMENT: u32 = 0xbfff;
const DONT_FRAGMENT: u32 = 0x40;

// Cells of the work area.
const PAYLOAD_SUM: usize = 0;

function ipHeader(ip: usize): usize {
  return isIpv6(ip) ? 40 : 20;
}

function headers(ip: usize): usize {
  const tcp = ipHeader(ip);
  return tcp + ((<usize>load<u8>(ip + tcp + 12) >> 4) << 2);
}

/** Length by the IP header when this is a whole packet of TCP without IP options, extensions or fragments; otherwise 0. */
function tcpPacketLength(ip: usize, length: usize): usize {
  if (length >= 60 && isIpv6(ip) && load<u8>(ip + 6) === 6) {
    const total: usize = 40 + read16(ip + 4);
    return total <= length ? total : 0;
  }
  if (length < 40 || load<u8>(ip) !== 0x45 || load<u8>(ip + 9) !== 6 || (read16(ip + 6) & FRAGMENT) !== 0) return 0;
  const total: usize = read16(ip + 2);
  return total <= length && fold(sumOf(ip, 20)) === 0xffff ? total : 0;
}

/** Payload bytes of a packet that may be joined with others, its sum in the work area; otherwise 0. */
function payloadOf(ip: usize, length: usize, work: usize): usize {
  const total = tcpPacketLength(ip, length);
  const tcp = ipHeader(ip);
  if (total < tcp + 20) return 0;
  const header = headers(ip);
  if (header < tcp + 20 || header >= total || (<u32>load<u8>(ip + tcp + FLAGS) & ~PSH) !== ACK) return 0;
  const payloadSum = sumOf(ip + header, total - header);
  store<u64>(work, payloadSum, PAYLOAD_SUM);
  return fold(pseudoSum(ip, total - tcp) + sumOf(ip + tcp, header - tcp) + payloadSum) === 0xffff ? total - header : 0;
}

/** Whether all headers agree, but for what differs between the segments of one flow. `distance` is how many packets behind `a` this is. */
function sameFlow(a: usize, b: usize, distance: u32): bool {
  if (load<u8>(a) !== load<u8>(b)) return false;
  return (isIpv6(a) ? sameIpv6(a, b) : sameIpv4(a, b, distance)) && sameTcp(a, b);
}

function sameIpv4(a: usize, b: usize, distance: u32): bool {
  if (load<u16>(a) !== load<u16>(b) || load<u32>(a + 6) !== load<u32>(b + 6) || load<u64>(a + 12) !== load<u64>(b + 12)) return false;
  const free = (<u32>load<u8>(a + 6) & DONT_FRAGMENT) !== 0;
  return free || ((read16(a + ID) + distance) & 0xffff) === read16(b + ID);
}

function sameIpv6(a: usize, b: usize): bool {
  if (load<u32>(a) !== load<u32>(b) || load<u16>(a + 6) !== load<u16>(b + 6)) return false;
  const difference = v128.or(v128.xor(v128.load(a + 8), v128.load(b + 8)), v128.xor(v128.load(a + 24), v128.load(b + 24)));
  return !v128.any_true(difference);
}

function sameTcp(a: usize, b: usize): bool {
  const tcp = ipHeader(a),
    header = headers(a);
  a += tcp;
  b += tcp;
  if (load<u32>(a) !== load<u32>(b) || load<u32>(a + 8) !== load<u32>(b + 8)) return false;
  if (load<u8>(a + 12) !== load<u8>(b + 12) || load<u16>(a + 14) !== load<u16>(b + 14) || load<u16>(a + 18) !== load<u16>(b + 18))
    return false;
  for (let i: usize = 20; i < header - tcp; i += 4) if (load<u32>(a + i) !== load<u32>(b + i)) return false;
  return true;
}

/**
 * Joins what may be joined among `count` packets. The table becomes the packets that remain, `sizes` the payload of each segment of those
 * that were joined and 0 for the others. Returns how many remain.
 */
export function coalesce(offsets: usize, lengths: usize, sizes: usize, count: u32, work: usize): u32 {
  let remain: u32 = 0,
    joined: u32 = 0;
  let head: usize = 0,
    header: usize = 0,
    size: usize = 0,
    payload: usize = 0,
    sum: u64 = 0,
    open = false,
    pushed: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at: usize = load<u32>(offsets + (i << 2)),
      length: usize = load<u32>(lengths + (i << 2));
    const more = payloadOf(at, length, work);
    const follows =
      open &&
      more !== 0 &&
      more <= size &&
      header + payload + more <= LARGEST &&
      at >= head + header + payload &&
      sameFlow(head, at, joined + 1) &&
      read32(head + ipHeader(head) + SEQUENCE) + <u32>payload === read32(at + ipHeader(at) + SEQUENCE);
    if (follows) {
      const part = fold(load<u64>(work, PAYLOAD_SUM));
      sum += <u64>(payload & 1 ? swap(part) : part);
      pushed |= <u32>load<u8>(at + ipHeader(at) + FLAGS) & PSH;
      memory.copy(head + header + payload, at + header, more);
      payload += more;
      joined++;
    } else {
      if (joined > 0) finishHead(head, header, payload, sum, pushed, lengths + ((remain - 1) << 2), sizes + ((remain - 1) << 2), size);
      store<u32>(offsets + (remain << 2), <u32>at);
      store<u32>(lengths + (remain << 2), <u32>length);
      store<u32>(sizes + (remain << 2), 0);
      remain++;
      joined = 0;
      head = at;
      size = more;
      payload = more;
      sum = load<u64>(work, PAYLOAD_SUM);
      if (more !== 0) {
        header = headers(at);
        pushed = <u32>load<u8>(at + ipHeader(at) + FLAGS) & PSH;
      }
    }
    open = more === size && more !== 0 && pushed === 0;
  }
  if (joined > 0) finishHead(head, header, payload, sum, pushed, lengths + ((remain - 1) << 2), sizes + ((remain - 1) << 2), size);
  return remain;
}

/** Gives a super-packet its length, flags and checksums. */
function finishHead(head: usize, header: usize, payload: usize, sum: u64, pushed: u32, lengthAt: usize, sizeAt: usize, size: usize): void {
  const tcp = ipHeader(head);
  store<u32>(lengthAt, <u32>(header + payload));
  store<u32>(sizeAt, <u32>size);
  store<u8>(head + tcp + FLAGS, <u8>(ACK | pushed));
  writeIpLength(head, tcp, header + payload);
  writeTcpChecksum(head, tcp, header, header + payload, sum);
}
