import type { Bytes } from './bytes.js';

/** An ICMP or ICMPv6 message as a value; icmp and icmpv6 hold the numbers. `quoted` is the start of the packet that caused an error. */
export type IcmpMessage =
  | { readonly kind: 'echo-request' | 'echo-reply'; readonly identifier: number; readonly sequence: number; readonly data: Bytes }
  | { readonly kind: 'unreachable' | 'time-exceeded'; readonly code: number; readonly quoted: Bytes }
  | { readonly kind: 'too-big'; readonly mtu: number; readonly quoted: Bytes }
  | { readonly kind: 'parameter-problem'; readonly code: number; readonly pointer: number; readonly quoted: Bytes }
  | { readonly kind: 'other'; readonly type: number; readonly code: number; readonly body: Bytes };

/** What stands in the first bytes of a message: type, code, and the four bytes whose meaning depends on both. */
export interface IcmpHead {
  readonly type: number;
  readonly code: number;
  readonly word: number;
  readonly rest: Bytes;
}
