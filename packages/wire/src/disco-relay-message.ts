import type { AddressPort } from './address.js';
import { type Bytes, readU32, writeU32 } from './bytes.js';
import { DISCO_ENDPOINT, readDiscoEndpoints, writeDiscoEndpoints } from './disco-endpoint.js';
import { putField } from './misuse.js';

/**
 * Disco messages about relaying over UDP, behind type and version.
 *
 *   4 bind, 5 challenge, 6 answer   0              4                  8                  40
 *                                   | VNI u32be    | generation u32be | remote's key 32  | challenge 32 |
 *
 *   7 call-me-maybe-via             | place |
 *   8 allocate request              | client key 32 | client key 32 | generation u32be |
 *   9 allocate response             | generation u32be | place |
 *
 *   place   0                 32       64       96               104         108               116
 *           | server key 32 | key 0  | key 1  | lamport id u64 | VNI u32be | bind life i64   | steady life i64 | n x endpoint
 *
 * Lives are nanoseconds.
 */
const HEADER = 2;
const KEY = 32;
const BIND = 72;
const REQUEST = 68;
const PLACE = 124;
/** Endpoints of a relay that are read; a longer list is cut. */
const ENDPOINTS_MAX = 256;

/** The three steps by which a client binds itself to a relay. */
export interface DiscoRelayBind {
  readonly type: 'bind-relay' | 'relay-challenge' | 'relay-answer';
  readonly vni: number;
  readonly generation: number;
  readonly remoteKey: Bytes;
  readonly challenge: Bytes;
}

/** What a relay has set aside for two clients. */
export interface DiscoRelayPlace {
  readonly serverKey: Bytes;
  readonly clientKeys: readonly [Bytes, Bytes];
  readonly lamportId: bigint;
  readonly vni: number;
  readonly bindLife: bigint;
  readonly steadyLife: bigint;
  readonly endpoints: readonly AddressPort[];
}

export interface DiscoCallMeMaybeVia {
  readonly type: 'call-me-maybe-via';
  readonly place: DiscoRelayPlace;
}

export interface DiscoAllocateRequest {
  readonly type: 'allocate-relay';
  readonly clientKeys: readonly [Bytes, Bytes];
  readonly generation: number;
}

export interface DiscoAllocateResponse {
  readonly type: 'relay-allocated';
  readonly generation: number;
  readonly place: DiscoRelayPlace;
}

export type DiscoRelayMessage = DiscoRelayBind | DiscoCallMeMaybeVia | DiscoAllocateRequest | DiscoAllocateResponse;

const BIND_TYPES = { 4: 'bind-relay', 5: 'relay-challenge', 6: 'relay-answer' } as const;
const NUMBERS = {
  'bind-relay': 4,
  'relay-challenge': 5,
  'relay-answer': 6,
  'call-me-maybe-via': 7,
  'allocate-relay': 8,
  'relay-allocated': 9,
} as const;

/** Undefined for other types and for what is too short. */
export function decodeDiscoRelayMessage(b: Bytes): DiscoRelayMessage | undefined {
  const type = b[0];
  if (type === 4 || type === 5 || type === 6) return decodeBind(b, BIND_TYPES[type]);
  if (type === 7) return decodeVia(b);
  if (type === 8) return decodeRequest(b);
  return type === 9 ? decodeResponse(b) : undefined;
}

/** Throws when a key or a challenge has another size. */
export function encodeDiscoRelayMessage(message: DiscoRelayMessage): Bytes {
  switch (message.type) {
    case 'call-me-maybe-via':
      return encodeWithPlace(message.type, message.place, undefined);
    case 'allocate-relay':
      return encodeRequest(message);
    case 'relay-allocated':
      return encodeWithPlace(message.type, message.place, message.generation);
    default:
      return encodeBind(message);
  }
}

function decodeBind(b: Bytes, type: DiscoRelayBind['type']): DiscoRelayBind | undefined {
  if (b.length < HEADER + BIND) return undefined;
  const [remoteKey, challenge] = [b.slice(10, 42), b.slice(42, 74)];
  return { type, vni: readU32(b, 2), generation: readU32(b, 6), remoteKey, challenge };
}

function encodeBind({ type, vni, generation, remoteKey, challenge }: DiscoRelayBind): Bytes {
  const b = start(type, BIND);
  writeU32(b, 2, vni);
  writeU32(b, 6, generation);
  putField(b, 10, KEY, remoteKey, 'a disco key');
  putField(b, 42, KEY, challenge, 'the challenge of a relay');
  return b;
}

function decodeVia(b: Bytes): DiscoCallMeMaybeVia | undefined {
  const place = decodePlace(b, HEADER);
  return place && { type: 'call-me-maybe-via', place };
}

function decodeRequest(b: Bytes): DiscoAllocateRequest | undefined {
  if (b.length < HEADER + REQUEST) return undefined;
  return { type: 'allocate-relay', clientKeys: [b.slice(2, 34), b.slice(34, 66)], generation: readU32(b, 66) };
}

function encodeRequest({ type, clientKeys, generation }: DiscoAllocateRequest): Bytes {
  const b = start(type, REQUEST);
  putField(b, 2, KEY, clientKeys[0], 'a disco key');
  putField(b, 34, KEY, clientKeys[1], 'a disco key');
  writeU32(b, 66, generation);
  return b;
}

function decodeResponse(b: Bytes): DiscoAllocateResponse | undefined {
  const place = decodePlace(b, HEADER + 4);
  return place && { type: 'relay-allocated', generation: readU32(b, HEADER), place };
}

function decodePlace(b: Bytes, at: number): DiscoRelayPlace | undefined {
  if (b.length < at + PLACE + DISCO_ENDPOINT) return undefined;
  const view = new DataView(b.buffer, b.byteOffset + at, b.length - at);
  return {
    serverKey: b.slice(at, at + 32),
    clientKeys: [b.slice(at + 32, at + 64), b.slice(at + 64, at + 96)],
    lamportId: view.getBigUint64(96),
    vni: view.getUint32(104),
    bindLife: view.getBigInt64(108),
    steadyLife: view.getBigInt64(116),
    endpoints: readDiscoEndpoints(b, at + PLACE, ENDPOINTS_MAX),
  };
}

function encodeWithPlace(type: keyof typeof NUMBERS, place: DiscoRelayPlace, generation: number | undefined): Bytes {
  const at = generation === undefined ? HEADER : HEADER + 4;
  const b = start(type, at - HEADER + PLACE + place.endpoints.length * DISCO_ENDPOINT);
  const view = new DataView(b.buffer, at);
  if (generation !== undefined) writeU32(b, HEADER, generation);
  putField(b, at, KEY, place.serverKey, 'a disco key');
  putField(b, at + 32, KEY, place.clientKeys[0], 'a disco key');
  putField(b, at + 64, KEY, place.clientKeys[1], 'a disco key');
  view.setBigUint64(96, place.lamportId);
  view.setUint32(104, place.vni);
  view.setBigInt64(108, place.bindLife);
  view.setBigInt64(116, place.steadyLife);
  writeDiscoEndpoints(b, at + PLACE, place.endpoints);
  return b;
}

function start(type: keyof typeof NUMBERS, payload: number): Uint8Array<ArrayBuffer> {
  const b = new Uint8Array(HEADER + payload);
  b[0] = NUMBERS[type];
  return b;
}
