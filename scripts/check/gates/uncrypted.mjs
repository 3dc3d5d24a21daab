// @ts-check

/**
 * In place of the AEAD where the rest is counted: lengths grow and shrink, bytes stay. The kernel takes microseconds a packet, of which
 * these gates have not so many.
 * @type {import('@heddle/crypto').PacketAead}
 */
export const uncrypted = {
  allocate: (bytes) => new Uint8Array(bytes),
  load: () => 0,
  unload: () => {},
  seal(_, { lengths }, from, to) {
    for (let i = from; i < to; i++) lengths[i] = Number(lengths[i]) + 16;
  },
  open(_, { lengths }, from, to, good) {
    for (let i = from; i < to; i++) {
      lengths[i] = Number(lengths[i]) - 16;
      good[i] = 1;
    }
    return to - from;
  },
};
