/**
 * One slot of a slab:
 *
 *   | headroom 96 | packet, 16-byte aligned | tailroom >= 48 |
 *
 * In front: WireGuard 16, DERP 37, Geneve 8, virtio 12. Behind: padding 15 and tag 16.
 */
export const HEADROOM = 96;
export const TAILROOM = 48;
/** What the engine itself takes of them: the message header, and padding with the tag. */
export const SEAL_HEADROOM = 16;
export const SEAL_TAILROOM = 32;

/** Bytes of slab that a packet of this length takes. A multiple of 16. */
export function slotSize(length: number): number {
  return (HEADROOM + length + TAILROOM + 15) & ~15;
}
