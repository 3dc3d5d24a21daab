/** Numbers of the Linux kernel, the same on all of Node's architectures. */

/** include/uapi/linux/if_tun.h */
export const TUN = {
  SET_INTERFACE: 0x400454ca,
  GET_INTERFACE: 0x800454d2,
  SET_OFFLOAD: 0x400454d0,
  FLAG_TUN: 0x0001,
  FLAG_NO_PACKET_INFORMATION: 0x1000,
  FLAG_VNET_HEADER: 0x4000,
  OFFLOAD_CHECKSUM: 0x01,
  OFFLOAD_TCP4: 0x02,
  OFFLOAD_TCP6: 0x04,
} as const;

/** include/uapi/linux/sockios.h */
export const LINK = {
  GET_FLAGS: 0x8913,
  GET_MTU: 0x8921,
  SET_MTU: 0x8922,
  SET_QUEUE_LENGTH: 0x8943,
  GET_INDEX: 0x8933,
  FLAG_UP: 0x0001,
} as const;

/** include/uapi/linux/netlink.h and rtnetlink.h */
export const NETLINK = { FAMILY: 16, PROTOCOL_ROUTE: 0, GROUP_LINK: 1 } as const;

/** Sockets, from include/linux/net.h and the asm-generic headers. */
export const SOCKET = {
  FAMILY_4: 2,
  FAMILY_6: 10,
  RAW: 3,
  DATAGRAM: 2,
  NONBLOCKING: 0o4000,
  CLOSE_ON_EXEC: 0o2000000,
  LEVEL_SOCKET: 1,
  MARK: 36,
  /** Beyond net.core.wmem_max and rmem_max, with CAP_NET_ADMIN. */
  SEND_BUFFER_FORCE: 32,
  RECEIVE_BUFFER_FORCE: 33,
  SEND_BUFFER: 7,
  RECEIVE_BUFFER: 8,
  POLL_OUT: 4,
  LEVEL_IPV6: 41,
  IPV6_ONLY: 26,
} as const;

/** include/uapi/asm-generic/errno.h */
export const ERRNO = {
  /** There is nothing to read, or no room to write. */
  EAGAIN: 11,
  EINVAL: 22,
  /** What a TUN descriptor says once its interface is no more. */
  EBADFD: 77,
} as const;
