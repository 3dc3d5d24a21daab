/** Numbers of the IPv4 protocol field and the IPv6 next header field. */
export const PROTOCOL = {
  HOP_BY_HOP: 0,
  ICMP: 1,
  TCP: 6,
  UDP: 17,
  ROUTING: 43,
  FRAGMENT: 44,
  ESP: 50,
  AUTHENTICATION: 51,
  ICMPV6: 58,
  NO_NEXT: 59,
  DESTINATION_OPTIONS: 60,
  TSMP: 99,
  MOBILITY: 135,
  HIP: 139,
  SHIM6: 140,
} as const;
