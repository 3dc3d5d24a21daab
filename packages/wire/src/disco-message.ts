import type { AddressPort } from './address.js';
import type { Bytes } from './bytes.js';
import { DISCO_ENDPOINT, readDiscoEndpoint, readDiscoEndpoints, writeDiscoEndpoint, writeDiscoEndpoints } from './disco-endpoint.js';
import { type DiscoRelayMessage, decodeDiscoRelayMessage, encodeDiscoRelayMessage } from './disco-relay-message.js';
import { putField } from './misuse.js';

/**
 * What is in the box of a disco packet.
 *
 *   0        1         2
 *   | type 1 | version | ping:            tx id 12 | sender's node key 32 | padding ...
 *   | type 2 |    0    | pong:            tx id 12 | where the ping came from 18
 *   | type 3 |         | call-me-maybe:   n x 18, where the sender may be reached
 *   | type 4 ... 9     | relaying over UDP: see disco-relay-message
 *
 * Old peers send no node key; newer ones may append fields. Both are accepted.
 */
const HEADER = 2;
const TX_ID = 12;
const NODE_KEY = 32;
const NODE_KEY_AT = HEADER + TX_ID;

/** Endpoints that are read of one call-me-maybe; a longer list is cut. */
export const CALL_ME_MAYBE_MAX = 256;

/** Asks whether a path works. */
export interface DiscoPing {
  readonly type: 'ping';
  readonly txId: Bytes;
  readonly nodeKey: Bytes | undefined;
}

/** Answers a ping. */
export interface DiscoPong {
  readonly type: 'pong';
  readonly txId: Bytes;
  readonly source: AddressPort;
}

/** Asks the receiver to ping all of these places; goes by relay. */
export interface DiscoCallMeMaybe {
  readonly type: 'call-me-maybe';
  readonly endpoints: readonly AddressPort[];
}

export type DiscoMessage = DiscoPing | DiscoPong | DiscoCallMeMaybe | DiscoRelayMessage;

const TYPES = { ping: 1, pong: 2, 'call-me-maybe': 3 } as const;

/** Undefined for unknown types and for what is too short. Never throws: the bytes come from a stranger. */
export function decodeDiscoMessage(b: Bytes): DiscoMessage | undefined {
  if (b.length < HEADER) return undefined;
  if (b[0] === TYPES.ping) return decodePing(b);
  if (b[0] === TYPES.pong) return decodePong(b);
  return b[0] === TYPES['call-me-maybe'] ? decodeCallMeMaybe(b) : decodeDiscoRelayMessage(b);
}

/** Throws when a field has another size than the layout gives it. */
export function encodeDiscoMessage(message: DiscoMessage): Bytes {
  switch (message.type) {
    case 'ping':
      return encodePing(message);
    case 'pong':
      return encodePong(message);
    case 'call-me-maybe':
      return encodeCallMeMaybe(message);
    default:
      return encodeDiscoRelayMessage(message);
  }
}

function decodePing(b: Bytes): DiscoPing | undefined {
  if (b.length < NODE_KEY_AT) return undefined;
  const end = NODE_KEY_AT + NODE_KEY;
  return { type: 'ping', txId: b.slice(HEADER, NODE_KEY_AT), nodeKey: b.length < end ? undefined : b.slice(NODE_KEY_AT, end) };
}

function encodePing({ txId, nodeKey }: DiscoPing): Bytes {
  const b = start(TYPES.ping, TX_ID + (nodeKey?.length ?? 0));
  putField(b, HEADER, TX_ID, txId, 'a disco tx id');
  if (nodeKey !== undefined) putField(b, NODE_KEY_AT, NODE_KEY, nodeKey, 'a node key');
  return b;
}

function decodePong(b: Bytes): DiscoPong | undefined {
  if (b.length < NODE_KEY_AT + DISCO_ENDPOINT) return undefined;
  return { type: 'pong', txId: b.slice(HEADER, NODE_KEY_AT), source: readDiscoEndpoint(b, NODE_KEY_AT) };
}

function encodePong({ txId, source }: DiscoPong): Bytes {
  const b = start(TYPES.pong, TX_ID + DISCO_ENDPOINT);
  putField(b, HEADER, TX_ID, txId, 'a disco tx id');
  writeDiscoEndpoint(b, NODE_KEY_AT, source);
  return b;
}

/** A list that is cut off, or of another version, is an empty one. */
function decodeCallMeMaybe(b: Bytes): DiscoCallMeMaybe {
  const whole = b[1] === 0 && (b.length - HEADER) % DISCO_ENDPOINT === 0;
  return { type: 'call-me-maybe', endpoints: whole ? readDiscoEndpoints(b, HEADER, CALL_ME_MAYBE_MAX) : [] };
}

function encodeCallMeMaybe({ endpoints }: DiscoCallMeMaybe): Bytes {
  const b = start(TYPES['call-me-maybe'], endpoints.length * DISCO_ENDPOINT);
  writeDiscoEndpoints(b, HEADER, endpoints);
  return b;
}

function start(type: number, payload: number): Bytes {
  const b = new Uint8Array(HEADER + payload);
  b[0] = type;
  return b;
}
