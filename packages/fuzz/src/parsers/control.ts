import { readKeyAnswer } from '../../../control-ts2021/src/dial/key-answer.js';
import { FrameGuard } from '../../../control-ts2021/src/http2/frame-guard.js';
import { NoiseChannel } from '../../../control-ts2021/src/noise/channel.js';
import { EarlyPayload } from '../../../control-ts2021/src/noise/early-payload.js';
import { FrameReader } from '../../../control-ts2021/src/noise/frame-reader.js';
import { decodeInitiation, ERROR, encodeFrame, encodeInitiation, RECORD, RESPONSE } from '../../../control-ts2021/src/noise/frames.js';
import type { ControlHandshake } from '../../../control-ts2021/src/noise/handshake.js';
import { isSafeUrl, readRegisterAnswer } from '../../../control-ts2021/src/register/register-answer.js';
import { bytesOf, fromHex, join, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

/** Of the tag that a record of ours here only pretends to have. */
const TAG = 16;
const LONGEST_FRAME = 4_096;
/** What a channel may say of an input, so many events for each frame that fits into it. */
const SHORTEST_FRAME = 3;
const RESPONSE_FRAME = encodeFrame(RESPONSE, new Uint8Array(48));
const record = (text: string): Uint8Array => encodeFrame(RECORD, join(new Uint8Array(TAG), bytesOf(text)));
const EARLY = join(fromHex('ffffff5453'), Uint8Array.of(0, 0, 0, 5), bytesOf('{"a":'));
const STREAM = join(RESPONSE_FRAME, record('one'), record('\xff\xff\xffTS\0\0\0\0'), encodeFrame(ERROR, bytesOf('no')));

/** Each way to cut an input must say the same. */
function promiseUncut<T>(input: Uint8Array, read: (pieces: readonly Uint8Array[]) => T): T {
  const whole = read([input]);
  promiseSame(read(Array.from(input, (_, i) => input.subarray(i, i + 1))), whole, 'B2: byte by byte says the same as in one piece');
  return whole;
}

/** Frames of the Noise channel. */
export const controlFrames: Parser = stateless(
  { name: 'control-frames', kind: 'bytes', seeds: [STREAM, RESPONSE_FRAME], longest: 300 },
  (input) => {
    const frames = promiseUncut(input, framesOf);
    promise(
      frames.every(({ length }) => length <= LONGEST_FRAME),
      'B3: no frame is longer than allowed',
    );
  },
);

/** A channel whose records open without a key: what is inside is the server's to choose. */
export const controlChannel: Parser = stateless({ name: 'control-channel', kind: 'bytes', seeds: [STREAM], longest: 300 }, (input) => {
  const events = promiseUncut(input, (pieces) => {
    const channel = new NoiseChannel(openHandshake());
    const said = pieces.flatMap((piece) => channel.receive(piece));
    const faults = said.filter(({ is }) => is === 'fault');
    promise(faults.length === 0 || (said.at(-1) === faults[0] && faults.length === 1), 'C5: after a fault a channel says nothing');
    promise(said.length * SHORTEST_FRAME <= input.length + SHORTEST_FRAME, 'an event has a frame');
    return { data: said.flatMap((event) => (event.is === 'data' ? [...event.bytes] : [])), faults: faults.length };
  });
  promise(events.data.length <= input.length, 'nothing is said that did not come');
});

/** What may stand before HTTP/2, and an initiation as a server would read it. */
export const earlyPayload: Parser = stateless(
  {
    name: 'early-payload',
    kind: 'bytes',
    seeds: [EARLY, bytesOf('PRI * HTTP/2.0'), encodeInitiation(119, new Uint8Array(96))],
    longest: 300,
  },
  (input) => {
    promiseUncut(input, (pieces) => {
      const early = new EarlyPayload();
      const passed = pieces.map((piece) => early.pass(piece));
      return passed.includes(undefined) ? 'refused' : textOf(join(...(passed as Uint8Array[])));
    });
    const initiation = decodeInitiation(input);
    if (initiation !== undefined)
      promiseSame(encodeInitiation(initiation.version, initiation.message), input, 'B5: what is read is written again');
  },
);

/** The frames of HTTP/2, as far as they are counted. */
export const http2Frames: Parser = stateless(
  {
    name: 'http2-frames',
    kind: 'bytes',
    seeds: [fromHex('000003 01 04 00000001 828684 000002 00 01 00000001 6869 000008 06 00 00000000 0102030405060708')],
    longest: 300,
  },
  (input) => void promiseUncut(input, abuseOf),
);

const ANSWERS = [
  '{"User":{"ID":1},"Login":{"LoginName":"a@b"},"NodeKeyExpired":false,"MachineAuthorized":true,"AuthURL":""}',
  '{"AuthURL":"https://control.example/register/x"}',
  '{"NodeKeyExpired":true,"Error":""}',
  '{"Error":"no such key","NodeKeySignature":"AA=="}',
  `{"legacyPublicKey":"mkey:${'0'.repeat(64)}","publicKey":"mkey:${'ab'.repeat(32)}"}`,
];

/** Answers to a registration, and to the question for the server's key. */
export const controlAnswers: Parser = stateless(
  {
    name: 'control-answers',
    kind: 'text',
    seeds: ANSWERS.map(bytesOf),
    words: ['"__proto__"', 'null', 'https://', 'file:///', 'mkey:', '\\u202e', '<html>'],
  },
  (input) => {
    const body = textOf(input);
    const answer = readRegisterAnswer(body);
    if (answer.is === 'login') promise(isSafeUrl(answer.url), 'C10: only http(s) URLs are shown');
    for (const status of [200, 302, 500]) {
      const key = readKeyAnswer({ status, type: 'application/json', body });
      promise(status === 200 || key instanceof Error, 'C7: a refusal is no key');
      if (!(key instanceof Error)) promise(!key.isZero, 'a key is not zero');
    }
    promise(!Object.hasOwn(Object.prototype, 'polluted'), 'C4: nothing reaches a prototype');
  },
);

function framesOf(pieces: readonly Uint8Array[]): readonly string[] {
  const reader = new FrameReader();
  const frames: string[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    let frame = reader.next();
    for (; typeof frame === 'object'; frame = reader.next()) frames.push(`${frame.type}:${textOf(frame.body)}`);
    if (frame === 'broken') return [...frames, frame];
  }
  return frames;
}

function abuseOf(pieces: readonly Uint8Array[]): string | undefined {
  const guard = new FrameGuard();
  for (const piece of pieces) {
    const abuse = guard.see(piece, 0);
    if (abuse !== undefined) return abuse;
  }
  return undefined;
}

function openHandshake(): ControlHandshake {
  const openInto = (body: Uint8Array, into: Uint8Array, at: number): boolean => {
    if (body[0] !== 0xff) into.set(body.subarray(TAG), at);
    return body[0] !== 0xff;
  };
  const opened = { openInto };
  return { initiation: undefined, finish: () => ({ send: opened, receive: opened }) } as unknown as ControlHandshake;
}
