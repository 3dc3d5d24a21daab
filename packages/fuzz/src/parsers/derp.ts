import type { Nacl } from '@heddle/crypto';
import {
  DERP_FRAME,
  DERP_LARGEST_FRAME,
  DerpReader,
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
  encodeDerpFrame,
  encodeDerpHealth,
  encodeDerpPeerGone,
  encodeDerpPeerPresent,
  encodeDerpPing,
  encodeDerpRestarting,
  encodeDerpServerInfo,
  encodeDerpServerKey,
} from '@heddle/wire';
import { formatPlace, KEY_IN_ID, parsePlace, regionOf, remoteParts } from '../../../transport-derp/src/place.js';
import { HttpHeadReader, isUpgraded } from '../../../transport-derp/src/rules/http-head.js';
import { RelaySession } from '../../../transport-derp/src/rules/relay-session.js';
import { readServerInfo } from '../../../transport-derp/src/rules/server-info.js';
import { bytesOf, join, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

/** No input is longer. */
const ROOM = 4096;
const KEY = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
const FRAMES = [
  encodeDerpServerKey(KEY),
  encodeDerpServerInfo({ nonce: KEY.slice(0, 24), box: KEY }),
  encodeDerpFrame(DERP_FRAME.keepAlive),
  encodeDerpPing(KEY.slice(0, 8)),
  encodeDerpFrame(DERP_FRAME.recvPacket, KEY, bytesOf('a packet')),
  encodeDerpPeerGone({ key: KEY, reason: 1 }),
  encodeDerpPeerPresent({ key: KEY, ip: KEY.slice(0, 16), port: 7, flags: 1 }),
  encodeDerpHealth('ill'),
  encodeDerpRestarting({ reconnectIn: 1_000, tryFor: 5_000 }),
];

/** Frames as the reader cuts them out of a stream that came in two pieces. */
function framesOf(
  input: Uint8Array,
  cut: number,
): { readonly frames: readonly string[]; readonly refused: boolean; readonly capacity: number } {
  const reader = new DerpReader({ room: ROOM });
  const frames: string[] = [];
  for (const part of [input.subarray(0, cut), input.subarray(cut)]) {
    reader.space().set(part);
    reader.filled(part.length);
    while (reader.next()) frames.push(`${reader.type}:${reader.payload().join(' ')}`);
  }
  return { frames, refused: reader.refused, capacity: reader.capacity };
}

/** A stream of DERP frames. */
export const derpFrames: Parser = stateless({ name: 'derp-frames', kind: 'bytes', seeds: [join(...FRAMES), ...FRAMES] }, (input) => {
  const whole = framesOf(input, input.length);
  promiseSame(framesOf(input, input.length >> 1), whole, 'B3: where a stream is cut does not matter');
  promise(whole.capacity <= 2 * DERP_LARGEST_FRAME, 'B2: memory is bounded');
  promise(input.length >= 5 * whole.frames.length, 'a frame has a header');
});

/** What is behind the header of each frame. */
export const derpMessages: Parser = stateless(
  { name: 'derp-messages', kind: 'bytes', seeds: FRAMES.map((frame) => frame.subarray(5)) },
  (input) => {
    const again = <T>(value: T | undefined, decode: (bytes: Uint8Array) => T | undefined, encode: (value: T) => Uint8Array): void => {
      if (value !== undefined) promiseSame(decode(encode(value).subarray(5)), value, 'B5: what is read is written and read again');
    };
    again(decodeDerpServerKey(input), decodeDerpServerKey, encodeDerpServerKey);
    again(decodeDerpClientInfo(input), decodeDerpClientInfo, encodeDerpClientInfo);
    again(decodeDerpServerInfo(input), decodeDerpServerInfo, encodeDerpServerInfo);
    again(decodeDerpPeerGone(input), decodeDerpPeerGone, encodeDerpPeerGone);
    again(decodeDerpPeerPresent(input), decodeDerpPeerPresent, encodeDerpPeerPresent);
    again(decodeDerpPing(input), decodeDerpPing, encodeDerpPing);
    again(decodeDerpRestarting(input), decodeDerpRestarting, encodeDerpRestarting);
    decodeDerpNotePreferred(input);
    promise(decodeDerpHealth(input).length <= 1024, 'a text is bounded');
  },
);

/** A box that everybody can open: what is inside is the server's to choose. */
const open: Nacl = { sharedKey: () => KEY, seal: (_key, _nonce, plain) => plain, open: (_key, _nonce, boxed) => boxed };
const INFO = encodeDerpServerInfo({ nonce: KEY.slice(0, 24), box: bytesOf('{"version":2}     ') });

/** A session that is told whatever a server may say, one frame after the other. */
export const derpSession: Parser = {
  name: 'derp-session',
  kind: 'bytes',
  seeds: [join(FRAMES[0]!, INFO, ...FRAMES.slice(2)), join(...FRAMES)],
  start() {
    const key = { publicKey: KEY, agree: () => KEY };
    return (input) => {
      const session = new RelaySession({ key, nacl: open, random: { fill: (into) => void into.fill(3) }, home: true }, 0);
      const reader = new DerpReader({ room: ROOM });
      reader.space().set(input);
      reader.filled(input.length);
      let over = false;
      for (let now = 1; reader.next(); now++) {
        const actions = [...session.handle(now, reader.type, reader.payload()), ...session.tick(now)];
        promise(!over || actions.length === 0, 'after its end a session says nothing');
        over ||= actions.some(({ type }) => type === 'close');
      }
      promise(!(over && session.isReady), 'a session that is over is not ready');
    };
  },
};

const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nDerp-Version: 2\r\n\r\n';

/** The answer to the upgrade. */
export const derpUpgrade: Parser = stateless(
  {
    name: 'derp-upgrade',
    kind: 'text',
    seeds: [`${HEAD}rest`, 'HTTP/1.0 407 No\r\n\r\n'].map(bytesOf),
    words: ['HTTP/1.1', '101', '\r\n', ': ', 'DERP'],
  },
  (input) => {
    const head = new HttpHeadReader().push(input);
    if (head === undefined || head === 'bad') return;
    promise(head.status >= 0 && head.status <= 999, 'a status has three digits');
    promise(head.rest.length < input.length, 'what follows is a part of what came');
    isUpgraded(head);
  },
);

/** What a server says of itself under its box. */
export const derpServerInfo: Parser = stateless(
  {
    name: 'derp-server-info',
    kind: 'text',
    seeds: ['{"version":2}', '{"version":2,"TokenBucketBytesPerSecond":1e3,"TokenBucketBytesBurst":5}'].map(bytesOf),
    words: ['{', '}', '"version"', ':', '1e999', '-1', 'null', '[', '__proto__'],
  },
  (input) => {
    const info = readServerInfo(input);
    const rate = info?.rate;
    if (rate !== undefined) promise(rate.bytesPerSecond > 0 && rate.burst > 0, 'a rate is a number above nothing');
  },
);

/** The places behind relays. */
export const derpPlace: Parser = stateless(
  {
    name: 'derp-place',
    kind: 'text',
    seeds: [`900/${'ab'.repeat(32)}`, `4294967295/${'01'.repeat(32)}`].map(bytesOf),
    words: ['derp:', '/', '0', 'g', 'A'],
  },
  (input) => {
    const text = textOf(input);
    const place = parsePlace(text);
    if (place === undefined) return;
    promise(formatPlace(place) === text, 'a place has one text');
    const { id } = remoteParts(place, text);
    promise(regionOf(id) === place.region && id.length === KEY_IN_ID + 32, 'the id is region and key');
  },
);
