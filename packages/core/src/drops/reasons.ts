import type { DropReason } from '@heddle/wireguard';

/** Every reason of core: the engine's, and those of the ways out and in. */
export type CoreDropReason =
  | DropReason
  | 'no-path'
  | 'too-large'
  | 'bind-refused'
  | 'bind-fault'
  | 'bad-offload'
  | 'filter'
  | 'stack-refused'
  | 'stack-fault'
  | 'probe-fault'
  | 'pool-empty'
  | 'queue-full'
  | 'not-running'
  | 'bad-batch'
  | 'undeclared';

/** Every reason for which core gives up a packet, and what it means. Plugins register their own in definePlugin. */
export const DROP_REASONS: Readonly<Record<CoreDropReason, string>> = {
  // WireGuard
  malformed: 'not a message of the protocol, or an impossible length',
  'unknown-type': 'message type that nobody claims',
  'unknown-index': 'no session has this receiver index',
  'bad-mac1': 'handshake message that was not made for us',
  'bad-mac2': 'handshake message without a valid cookie while under load',
  'bad-handshake': 'handshake message that does not authenticate, is replayed or came out of order',
  'bad-tag': 'data that does not authenticate',
  replay: 'counter seen before or older than the window',
  cryptokey: 'inner source address that does not belong to the peer, that is our own or loopback, or a broken inner packet',
  'no-route': 'no peer has this destination',
  'no-key': 'the node has no private key, or the peer no session',
  expired: 'session too old',
  'counter-limit': 'session has used up its counters',
  'rate-limit': 'too many handshakes from one source',
  'handshake-queue-full': 'too many handshakes wait',
  'staged-queue-full': 'too many packets wait for a session; the oldest went',
  cookie: 'cookie reply that does not fit',
  // The way out
  'no-path': 'the peer has no known remote, or no Bind of the remote is there',
  'too-large': 'larger than the Bind can carry',
  'bind-refused': 'the Bind took fewer packets than it was given',
  'bind-fault': 'the Bind threw',
  'bad-offload': 'super-packet whose descriptor does not fit its headers',
  // The way in
  filter: 'the packet filter of the tailnet, shields up or the jail of its sender lets nobody open this',
  'stack-refused': 'the Stack took fewer packets than it was given',
  'stack-fault': 'the Stack threw',
  'probe-fault': 'the prober threw',
  // Core's own
  'pool-empty': 'no slab was free',
  'queue-full': 'too much was caused inside a handler',
  'not-running': 'came before start or after close',
  'bad-batch': 'batch with an impossible table',
  undeclared: 'dropped by a plugin under a reason that it did not declare',
};
