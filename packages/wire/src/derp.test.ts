import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from './bytes.js';
import { DERP_FRAME, DERP_LARGEST_FRAME, DERP_LARGEST_PACKET, derpPayloadLimit, encodeDerpFrame, writeDerpHeader } from './derp-frame.js';
import {
  decodeDerpClientInfo,
  decodeDerpHealth,
  decodeDerpNotePreferred,
  decodeDerpPeerGone,
  decodeDerpPeerPresent,
  decodeDerpPing,
  decodeDerpRestarting,
  decodeDerpServerInfo,
  decodeDerpServerKey,
  encodeDerpClientInfo,
  encodeDerpHealth,
  encodeDerpNotePreferred,
  encodeDerpPeerGone,
  encodeDerpPeerPresent,
  encodeDerpPing,
  encodeDerpPong,
  encodeDerpRestarting,
  encodeDerpServerInfo,
  encodeDerpServerKey,
} from './derp-message.js';
import { DerpReader } from './derp-reader.js';

const hex = (text: string): Bytes => Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const PEER = hex('736845d54e87de09d6bb114aa7042c50a4a015bd9901d1a0026f5956533a1519');
const NODE = hex('605a725d2a4adfeeb1a29e17edd621c1b7593ee8cdbc44ac6c4ab6e2f805d23c');
const SERVER = hex('dc2cca31e8e43bbd91dff7e475cca3347eb478107d5bd765aba4ae4a30c35d44');
const KEY = fc.uint8Array({ minLength: 32, maxLength: 32 });
const body = (frame: Bytes): Bytes => frame.subarray(5);

describe('the frames of DERP', () => {
  test('are the bytes that other implementations expect', () => {
    const nonce = hex('000102030405060708090a0b0c0d0e0f1011121314151617');
    const box = hex('3f2460f0966cdd1e4e3a3d30bb6340fc913eb4affe31a47f7b9a9f8f2b1644779c7d76288aba9d1bf3d92f3bd403f9ea');
    const infoNonce = hex('18191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f');
    const infoBox = hex('4a313e33c779dab5741336805482d087d5dbc3e74e4223ca1cfde9467c');
    const hello = new TextEncoder().encode('hello');
    expect(encodeDerpServerKey(SERVER)).toEqual(
      hex(`010000002844455250f09f9491${'dc2cca31e8e43bbd91dff7e475cca3347eb478107d5bd765aba4ae4a30c35d44'}`),
    );
    expect(encodeDerpClientInfo({ nodeKey: NODE, nonce, box })).toEqual(Uint8Array.of(2, 0, 0, 0, 0x68, ...NODE, ...nonce, ...box));
    expect(encodeDerpServerInfo({ nonce: infoNonce, box: infoBox })).toEqual(Uint8Array.of(3, 0, 0, 0, 0x35, ...infoNonce, ...infoBox));
    expect(encodeDerpFrame(DERP_FRAME.sendPacket, PEER, hello)).toEqual(Uint8Array.of(4, 0, 0, 0, 0x25, ...PEER, ...hello));
    expect(encodeDerpFrame(DERP_FRAME.keepAlive)).toEqual(hex('0600000000'));
    expect(encodeDerpNotePreferred(true)).toEqual(hex('0700000001 01'));
    expect(encodeDerpPeerGone({ key: PEER, reason: 1 })).toEqual(Uint8Array.of(8, 0, 0, 0, 0x21, ...PEER, 1));
    expect(encodeDerpPing(hex('0102030405060708'))).toEqual(hex('1200000008 0102030405060708'));
    expect(encodeDerpPong(hex('0102030405060708'))).toEqual(hex('1300000008 0102030405060708'));
    expect(encodeDerpRestarting({ reconnectIn: 1_500, tryFor: 30_000 })).toEqual(hex('1500000008 000005dc 00007530'));
    const ip = hex('00000000000000000000ffffc0000207');
    expect(encodeDerpPeerPresent({ key: PEER, ip, port: 41_641, flags: 1 })).toEqual(
      Uint8Array.of(9, 0, 0, 0, 0x33, ...PEER, ...ip, 0xa2, 0xa9, 1),
    );
  });

  test('survive a round trip, whatever newer peers append', () => {
    const extra = fc.uint8Array({ maxLength: 20 });
    fc.assert(
      fc.property(KEY, fc.nat(255), fc.nat(0xffff_ffff), extra, (key, reason, time, more) => {
        const longer = (frame: Bytes): Bytes => Uint8Array.of(...body(frame), ...more);
        expect(decodeDerpServerKey(longer(encodeDerpServerKey(key)))).toEqual(key);
        expect(decodeDerpPeerGone(longer(encodeDerpPeerGone({ key, reason })))).toEqual({ key, reason });
        expect(decodeDerpRestarting(longer(encodeDerpRestarting({ reconnectIn: time, tryFor: reason })))).toEqual({
          reconnectIn: time,
          tryFor: reason,
        });
        expect(decodeDerpPing(longer(encodeDerpPing(key.slice(0, 8))))).toEqual(key.slice(0, 8));
        const box = { nonce: key.slice(0, 24), box: Uint8Array.of(...key, ...more) };
        expect(decodeDerpServerInfo(body(encodeDerpServerInfo(box)))).toEqual(box);
        expect(decodeDerpClientInfo(body(encodeDerpClientInfo({ nodeKey: key, ...box })))).toEqual({ nodeKey: key, ...box });
        const present = { key, ip: key.slice(16), port: time & 0xffff, flags: reason };
        expect(decodeDerpPeerPresent(longer(encodeDerpPeerPresent(present)))).toEqual(present);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('of old servers lack fields: no reason, no address, no flags', () => {
    expect(decodeDerpPeerGone(PEER)).toEqual({ key: PEER, reason: 0 });
    expect(decodeDerpPeerPresent(PEER)).toEqual({ key: PEER, ip: undefined, port: 0, flags: 0 });
    expect(decodeDerpPeerPresent(Uint8Array.of(...PEER, ...PEER.slice(16), 1, 2))).toMatchObject({ port: 258, flags: 0 });
  });

  test('a note of preference has one byte and no other length; a health text is cut', () => {
    expect(decodeDerpNotePreferred(body(encodeDerpNotePreferred(false)))).toBe(false);
    expect(decodeDerpNotePreferred(Uint8Array.of(1, 1))).toBeUndefined();
    expect(decodeDerpHealth(body(encodeDerpHealth('x'.repeat(5_000))))).toHaveLength(1024);
  });

  test('another magic is no server; too short payloads are nothing', () => {
    const frame = body(encodeDerpServerKey(SERVER));
    frame[0]! ^= 1;
    expect(decodeDerpServerKey(frame)).toBeUndefined();
    for (const decode of [
      decodeDerpServerKey,
      decodeDerpClientInfo,
      decodeDerpServerInfo,
      decodeDerpPeerGone,
      decodeDerpPing,
      decodeDerpRestarting,
    ])
      expect(decode(new Uint8Array(7))).toBeUndefined();
  });

  test('no input makes a decoder throw', () => {
    const decoders = [decodeDerpServerKey, decodeDerpClientInfo, decodeDerpServerInfo, decodeDerpNotePreferred, decodeDerpPeerGone];
    const others = [decodeDerpPeerPresent, decodeDerpPing, decodeDerpHealth, decodeDerpRestarting];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        for (const decode of [...decoders, ...others]) decode(bytes);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

describe('the reader of frames', () => {
  const stream = Uint8Array.of(
    ...encodeDerpServerKey(SERVER),
    ...encodeDerpFrame(0x77, hex('0102030405')),
    ...encodeDerpFrame(DERP_FRAME.keepAlive),
    ...encodeDerpFrame(DERP_FRAME.recvPacket, PEER, hex('040000')),
  );
  const frames = [
    [DERP_FRAME.serverKey, 40],
    [DERP_FRAME.keepAlive, 0],
    [DERP_FRAME.recvPacket, 35],
  ];

  function feed(reader: DerpReader, bytes: Bytes, seen: number[][]): void {
    for (let at = 0; at < bytes.length; ) {
      const room = reader.space();
      const part = bytes.subarray(at, at + room.length);
      room.set(part);
      reader.filled(part.length);
      at += part.length;
      while (reader.next()) seen.push([reader.type, reader.payload().length]);
    }
  }

  test('B3: finds the same frames wherever the stream is cut, and passes over what nobody wants', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new DerpReader({ wants: (type) => type !== 0x77 });
      const seen: number[][] = [];
      feed(reader, stream.subarray(0, cut), seen);
      feed(reader, stream.subarray(cut), seen);
      expect(seen).toEqual(frames);
      expect(reader.behind).toBe(0);
    }
    const bytewise = new DerpReader({ wants: (type) => type !== 0x77 });
    const seen: number[][] = [];
    for (const byte of stream) feed(bytewise, Uint8Array.of(byte), seen);
    expect(seen).toEqual(frames);
  });

  test('D1: a length of 4 GiB, a packet of more than 64 KiB, an endless greeting: refused before any memory is taken for it', () => {
    for (const [type, length] of [
      [DERP_FRAME.recvPacket, 0xffff_ffff],
      [DERP_FRAME.recvPacket, 32 + DERP_LARGEST_PACKET + 1],
      [DERP_FRAME.serverInfo, DERP_LARGEST_FRAME + 1],
      [0x77, 0xffff_ffff],
    ] as const) {
      const reader = new DerpReader();
      const before = reader.capacity;
      const header = new Uint8Array(5);
      writeDerpHeader(header, 0, type, length);
      feed(reader, header, []);
      expect([reader.refused, reader.capacity]).toEqual([true, before]);
      feed(reader, stream, []);
      expect(reader.next()).toBe(false);
    }
  });

  test('a large frame is taken whole, and memory grows with what came, not with what was announced', () => {
    const reader = new DerpReader();
    const before = reader.capacity;
    const frame = encodeDerpFrame(DERP_FRAME.serverInfo, new Uint8Array(700_000).fill(7));
    const seen: number[][] = [];
    feed(reader, frame.subarray(0, 1_000), seen);
    expect(reader.capacity).toBe(before);
    for (let at = 1_000; at < frame.length; at += 40_000) feed(reader, frame.subarray(at, at + 40_000), seen);
    expect(seen).toEqual([[DERP_FRAME.serverInfo, 700_000]]);
    expect(reader.capacity).toBeLessThanOrEqual(2 * DERP_LARGEST_FRAME);
  });

  test('a frame that nobody wants needs no room, however long it is', () => {
    const reader = new DerpReader({ wants: () => false });
    const before = reader.capacity;
    const frame = encodeDerpFrame(0x77, new Uint8Array(DERP_LARGEST_FRAME));
    for (let at = 0; at < frame.length; at += 50_000) feed(reader, frame.subarray(at, at + 50_000), []);
    expect([reader.capacity, reader.behind, reader.refused]).toEqual([before, 0, false]);
  });

  test('every type has a limit', () => {
    for (let type = 0; type < 256; type++) expect(derpPayloadLimit(type)).toBeLessThanOrEqual(DERP_LARGEST_FRAME);
    expect(derpPayloadLimit(DERP_FRAME.recvPacket)).toBe(65_568);
  });
});
