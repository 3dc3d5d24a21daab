import { chooseCrypto, type X25519Key } from '@heddle/crypto';
import { IkResponder } from '@heddle/crypto/noise';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChannelEvent, NoiseChannel } from './channel.js';
import { EarlyPayload } from './early-payload.js';
import { decodeInitiation, encodeFrame, RECORD, RESPONSE } from './frames.js';
import { ControlHandshake, controlProtocol } from './handshake.js';
import { RecordCipher } from './record-cipher.js';
import { sealRecords } from './records.js';

const crypto = chooseCrypto();
const seq = (first: number) => Uint8Array.from({ length: 32 }, (_, i) => first + i);
const keys = new Map<number, X25519Key>();
/** Loaded once: nobody changes them. */
function key(first: number): X25519Key {
  const loaded = keys.get(first) ?? crypto.x25519.load(seq(first));
  keys.set(first, loaded);
  return loaded;
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const text = (bytes: string) => new TextEncoder().encode(bytes);

function handshake(version: number, server = key(64).publicKey) {
  return new ControlHandshake(crypto, version, { machine: key(0), ephemeral: key(32), server });
}

/** The server of the vectors: its response body and its directions. */
function answer(version: number, initiation: Uint8Array) {
  const responder = new IkResponder(controlProtocol(crypto, version), key(64));
  const { message } = decodeInitiation(initiation)!;
  if (responder.readStatic(message) === undefined || responder.readPayload(message) === undefined) return undefined;
  const body = responder.write(key(96), new Uint8Array(0))!;
  const { send, receive } = responder.split();
  const cipher = (secret: typeof send) => new RecordCipher(crypto.chacha20poly1305, secret);
  return { body, send: cipher(send), receive: cipher(receive) };
}

function openChannel() {
  const shake = handshake(119);
  const server = answer(119, shake.initiation!)!;
  const channel = new NoiseChannel(shake);
  expect(channel.receive(encodeFrame(RESPONSE, server.body))).toEqual([{ is: 'open' }]);
  const record = (plaintext: Uint8Array) => encodeFrame(RECORD, server.send.seal(plaintext)!);
  return { channel, server, record };
}

const dataOf = (events: readonly ChannelEvent[]) =>
  Buffer.concat(events.flatMap((event) => (event.is === 'data' ? [event.bytes] : []))).toString();

test('the handshake is byte for byte that of other implementations, for versions 113 and 119', () => {
  const same =
    '358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254ad5b8febedeb97415be53612205e6bfab385e34cb127dd8854c4f9afb10f9b0e';
  expect(hex(handshake(113).initiation!)).toBe(`0071010060${same}600b9f09df004acc34c72a234b0edfe512fde66660db25fa49750fa07a714dc8`);
  expect(hex(handshake(119).initiation!)).toBe(`0077010060${same}a4494080195b23c97d8c0ff1c9fcb3079f2695e0a32d0f6115814d2271913bba`);
  const ephemeral = '675dd574ed7789310b3d2e7681f3790b466c773b1521fecf36577958371ea52f';
  expect(handshake(113).finish(unhex(`${ephemeral}04a855d028335246f01c17f3ff44e121`))).toBeDefined();
  expect(handshake(119).finish(unhex(`${ephemeral}aa65ba8df3b0d845c1d4c9b82e10b43b`))).toBeDefined();
});

test('B5: records have the bytes of other implementations: the nonce counts big-endian', () => {
  const cipher = () => new RecordCipher(crypto.chacha20poly1305, unhex('1ffa520b7b784b83355f4ca5754d333f51f53ff31d9d98f697c22e8f79b66e22'));
  const sender = cipher();
  expect(hex(encodeFrame(RECORD, sender.seal(text('hello'))!))).toBe('040015dc192494126dbf7536fc5739545df3ba74e6dc4970');
  expect(hex(encodeFrame(RECORD, sender.seal(text('hello'))!))).toBe('040015d2340ad1e4312e8db9998d67f7fa32f131ac9d935b');
  expect(hex(encodeFrame(RECORD, cipher().seal(new Uint8Array(0))!))).toBe('040010839db75e33d5b609cc616f6affec6f2a');
});

test('a long write becomes records of at most 4096 bytes', () => {
  const { channel, server } = openChannel();
  const sent = channel.send(new Uint8Array(5_000))!;
  expect([hex(sent.subarray(0, 3)), hex(sent.subarray(4096, 4099)), sent.length]).toEqual(['040ffd', '0403ab', 4096 + 942]);
  expect(server.receive.open(sent.slice(3, 4096))).toEqual(new Uint8Array(4077));
});

test('an early payload in three records, in one, or none: HTTP/2 sees only what is its own', () => {
  const payload = text('{"nodeKeyChallenge":"chalpub:493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d"}');
  const pieces = [unhex('ffffff5453'), unhex('0000005f'), payload, text('after')];
  fc.assert(
    fc.property(fc.array(fc.nat(120), { maxLength: 6 }), fc.boolean(), (cuts, early) => {
      const { channel, record } = openChannel();
      const all = new Uint8Array(Buffer.concat(early ? pieces : [text('after')]));
      const ends = [...cuts, all.length].sort((a, b) => a - b);
      let at = 0;
      let seen = '';
      for (const end of ends) {
        seen += dataOf(channel.receive(record(all.slice(at, end))));
        at = Math.min(end, all.length);
      }
      expect(seen).toBe('after');
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('the early payload as Headscale sends it decrypts and is dropped', () => {
  const { channel } = openChannel();
  const records =
    '040015970a14771e3986da5bc61cb910623aa7aba8c4df6f 040014e17b8abc4278e64ef54c8ad15750f70a76f9e783 04006f9f05a9c0ef62720cee7a3322a00740f98f319193d19e5492b6b86a5898dc840d2866fbc1f176424eca46f909283fa1ae67fbacb993b09f5465ba500b152c37d09348af2513674d31e5847609abe4f6dee91c7688a234426fd42a6d21228acf6daf395fc12d5365393c3285426b41d3';
  expect(channel.receive(unhex(records))).toEqual([]);
});

test('B2: a response or record cut anywhere says the same', () => {
  const shake = handshake(119);
  const server = answer(119, shake.initiation!)!;
  const channel = new NoiseChannel(shake);
  const bytes = Buffer.concat([
    encodeFrame(RESPONSE, server.body),
    encodeFrame(RECORD, server.send.seal(text('one'))!),
    encodeFrame(RECORD, server.send.seal(text(' and two'))!),
  ]);
  const events = [...bytes].flatMap((byte) => channel.receive(Uint8Array.of(byte)));
  expect(events[0]).toEqual({ is: 'open' });
  expect(dataOf(events)).toBe('one and two');
});

test('C5: one flipped bit anywhere in the handshake ends it, and nothing is sent in the clear', () => {
  for (let at = 5; at < 101; at++) {
    const initiation = handshake(119).initiation!.slice();
    initiation[at]! ^= 1;
    expect(answer(119, initiation)).toBeUndefined();
  }
  const whole = encodeFrame(RESPONSE, answer(119, handshake(119).initiation!)!.body);
  for (let at = 0; at < whole.length; at++) {
    const forged = whole.slice();
    forged[at]! ^= 1;
    const channel = new NoiseChannel(handshake(119));
    const events = channel.receive(forged);
    expect(events.every((event) => event.is === 'fault')).toBe(true);
    expect(channel.send(text('GET'))).toBeUndefined();
  }
});

test('C5: another server key, or another version, is noticed by the response', () => {
  const shake = handshake(119);
  expect(answer(119, handshake(119, key(65).publicKey).initiation!)).toBeUndefined();
  expect(answer(118, shake.initiation!)).toBeUndefined();
});

test.each([
  ['an oversize record', unhex('040ffe'), 'frame'],
  ['a record shorter than its tag', unhex('04000f'), 'frame'],
  ['a type that is none', unhex('070010'), 'frame'],
  ['a second response', encodeFrame(RESPONSE, new Uint8Array(48)), 'frame'],
  ['a record that was not sealed as the next', encodeFrame(RECORD, new Uint8Array(20)), 'record'],
])('C5 B3: %s ends the channel for good', (_name, bytes, why) => {
  const { channel, record } = openChannel();
  const later = record(text('x'));
  expect(channel.receive(bytes)).toEqual([{ is: 'fault', why }]);
  expect(channel.receive(later)).toEqual([]);
  expect(channel.send(text('x'))).toBeUndefined();
});

test('C5: an early payload of 4 GiB is refused by its head', () => {
  const { channel, record } = openChannel();
  expect(channel.receive(record(unhex('ffffff5453 ffffffff')))).toEqual([{ is: 'fault', why: 'early-payload' }]);
});

test('C5: the counter ends before it wraps', () => {
  const cipher = new RecordCipher(crypto.chacha20poly1305, seq(0), Number.MAX_SAFE_INTEGER - 1);
  expect(cipher.seal(text('last'))).toBeDefined();
  expect(cipher.seal(text('one more'))).toBeUndefined();
  expect(cipher.open(new Uint8Array(20))).toBeUndefined();
});

test('an error frame instead of a response is told with its text', () => {
  const channel = new NoiseChannel(handshake(119));
  expect(channel.receive(encodeFrame(3, text('no such key')))).toEqual([{ is: 'fault', why: 'server-error', text: 'no such key' }]);
});

test('B1 B4: no bytes make the channel or the early payload throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
      const channel = new NoiseChannel(handshake(119));
      const early = new EarlyPayload();
      for (const piece of pieces) {
        channel.receive(piece);
        early.pass(piece);
        decodeInitiation(piece);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('plaintext in pieces goes into full records, the same with an AEAD that seals in place and with one that does not', () => {
  const { seal, open } = crypto.chacha20poly1305;
  const plain = { seal: seal.bind(crypto.chacha20poly1305), open: open.bind(crypto.chacha20poly1305) };
  fc.assert(
    fc.property(fc.array(fc.nat(9_000), { maxLength: 5 }), (lengths) => {
      const pieces = lengths.map((length, n) => new Uint8Array(length).fill(n + 1));
      const [a, b] = [crypto.chacha20poly1305, plain].map((aead) => sealRecords(new RecordCipher(aead, seq(0)), pieces)!);
      expect(Buffer.compare(a!, b!)).toBe(0);
      const all = new Uint8Array(Buffer.concat(pieces));
      const opener = new RecordCipher(plain, seq(0));
      for (let at = 0, from = 0; at < a!.length; at += 4096, from += 4077) {
        const body = a!.subarray(at + 3, at + 4096);
        expect(hex(a!.subarray(at, at + 3))).toBe(hex(encodeFrame(RECORD, body).subarray(0, 3)));
        const opened = new Uint8Array(body.length - 16);
        expect(opener.openInto(body, opened, 0)).toBe(true);
        expect(Buffer.compare(opened, all.subarray(from, from + 4077))).toBe(0);
      }
      expect(a!.length).toBe(all.length + 19 * Math.ceil(all.length / 4077));
    }),
    { seed: 1, numRuns: 30 },
  );
});
