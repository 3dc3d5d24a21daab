/** Every reason for which the TUN stack gives up a packet, and what it means. */
export const TUN_DROPS: Readonly<Record<string, string>> = {
  'bad-frame': 'a frame whose virtio-net header does not fit the packet, or is of a kind that was not asked for',
  'no-memory': 'no packet memory was free for what the kernel had',
  'kernel-queue-full': 'came while the Stack was paused or slow, and found the queue of the interface full',
  'interface-down': 'the interface was down',
  'no-ip-packet': 'the kernel took it for no IP packet',
  'kernel-refused': 'the kernel had no room, or refused for another reason',
};
