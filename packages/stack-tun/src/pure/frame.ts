import type { Bytes, Offload } from '@heddle/core';
import { finishSum, sumView, TCP, VNET_GSO, VNET_HEADER, VNET_NEEDS_CHECKSUM } from '@heddle/wire';

/*
 * A frame of a TUN device with offload: a virtio-net header, then an IP packet. Three kinds come from the kernel:
 *
 *   finished       flags 0, gso 0      hand on
 *   unfinished     flags 1, gso 0      the checksum field holds the pseudo-header sum: complete it
 *   super-packet   flags 1, gso 1 | 4  TCP up to 64 KiB: hand on with its segment size, checksums are made when it is cut
 */

/** Set beside the type when a segment carries CWR; cutting looks at the packet itself. */
const GSO_ECN = 0x80;
const UDP_CHECKSUM_OFFSET = 6;

export const BROKEN = -1;
export const FINISHED = 0;

/**
 * Looks at the header in front of the packet at `at`. Returns the segment size of a super-packet, FINISHED for a packet that is whole
 * (its checksum is completed here where the kernel left it), BROKEN for what is neither.
 */
export function finishFrame(slab: Bytes, view: DataView, at: number, length: number): number {
  const header = at - VNET_HEADER;
  const gso = slab[header + 1]! & ~GSO_ECN;
  if (gso === VNET_GSO.TCP4 || gso === VNET_GSO.TCP6) return view.getUint16(header + 4, true) || BROKEN;
  if (gso !== VNET_GSO.NONE) return BROKEN;
  if ((slab[header]! & VNET_NEEDS_CHECKSUM) === 0) return FINISHED;
  return completeChecksum(view, at, length, view.getUint16(header + 6, true), view.getUint16(header + 8, true));
}

function completeChecksum(view: DataView, at: number, length: number, start: number, offset: number): number {
  if (start + offset + 2 > length) return BROKEN;
  const check = finishSum(sumView(view, at + start, length - start));
  view.setUint16(at + start + offset, check === 0 && offset === UDP_CHECKSUM_OFFSET ? 0xffff : check);
  return FINISHED;
}

/** What core has to know of the super-packet at `at`; undefined when it is too short for its headers. */
export function describe(slab: Bytes, at: number, length: number, segmentSize: number): Offload | undefined {
  const version = slab[at]! >> 4;
  const ip = version === 4 ? (slab[at]! & 0xf) * 4 : 40;
  if (length < ip + TCP.HEADER) return undefined;
  const headerLength = ip + (slab[at + ip + 12]! >> 4) * 4;
  return headerLength > length ? undefined : { kind: version === 4 ? 'tcp4' : 'tcp6', segmentSize, headerLength };
}

/** The header of a packet that is finished. */
export function writePlainHeader(slab: Bytes, at: number): void {
  slab.fill(0, at - VNET_HEADER, at);
}
