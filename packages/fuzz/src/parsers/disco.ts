import { chooseCrypto } from '@heddle/crypto';
import {
  DISCO_HEADER,
  type DiscoMessage,
  decodeDiscoMessage,
  decodeDiscoPacket,
  encodeDiscoMessage,
  encodeDiscoPacket,
  looksLikeDisco,
} from '@heddle/wire';
import { DiscoBoxes } from '../../../path-disco/src/disco-boxes.js';
import { Inbox } from '../../../path-disco/src/inbox.js';
import { PeerDirectory } from '../../../path-disco/src/peer-directory.js';
import { type Action, PeerProber } from '../../../path-disco/src/probing/peer-prober.js';
import * as V from '../../../wire/test/disco-vectors.js';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, type Run, stateless } from '../parser.js';

const GARBAGE = new Uint8Array([9, 9, 9]);
/** Messages that end with a list: more bytes are more of it. */
const LISTS: readonly DiscoMessage['type'][] = ['call-me-maybe', 'call-me-maybe-via', 'relay-allocated'];
const MESSAGES = [
  V.PING,
  V.PING_BARE,
  V.PONG,
  V.CALL_ME_MAYBE,
  V.CALL_ME_MAYBE_TWO,
  V.BIND_RELAY,
  V.CALL_ME_MAYBE_VIA,
  V.ALLOCATE_REQUEST,
  V.ALLOCATE_RESPONSE,
];

/** Packets, with the box closed. */
export const discoPacket: Parser = stateless(
  { name: 'disco-packet', kind: 'bytes', seeds: [V.PING_PACKET, V.PONG_PACKET, V.CALL_ME_MAYBE_PACKET] },
  (input) => {
    const packet = decodeDiscoPacket(input);
    promise((packet !== undefined) === looksLikeDisco(input, 0, input.length), 'what looks like disco is read, and nothing else');
    if (packet === undefined) return;
    promise(packet.box.length === input.length - DISCO_HEADER, 'all behind the header is the box');
    promiseSame(encodeDiscoPacket(packet), input.slice(), 'B5: what is read is written again');
  },
);

/** What is in the box. */
export const discoMessage: Parser = stateless({ name: 'disco-message', kind: 'bytes', seeds: MESSAGES }, (input) => {
  const message = decodeDiscoMessage(input);
  if (message === undefined) return;
  promiseSame(decodeDiscoMessage(encodeDiscoMessage(message)), message, 'B5: what is read is written and read again');
  if (LISTS.includes(message.type) || (message.type === 'ping' && message.nodeKey === undefined)) return;
  promiseSame(decodeDiscoMessage(join(input, GARBAGE)), message, 'B4: bytes behind are ignored');
});

/** What a peer with the right keys may put into its box: a prober hears it by relay, ten times a second. */
export const discoInside: Parser = { name: 'disco-inside', kind: 'bytes', seeds: MESSAGES, start: startProber };

function startProber(): Run {
  const crypto = chooseCrypto();
  const nonce = new Uint8Array(24);
  const [ours, theirs] = [3, 5].map((seed) => new DiscoBoxes(crypto, new Uint8Array(32).fill(seed), (into) => into.fill(1)));
  const sender = theirs!.publicKey;
  const secret = crypto.nacl.sharedKey(crypto.x25519.load(new Uint8Array(32).fill(5)), ours!.publicKey)!;
  const prober = new PeerProber(0, (into) => into.fill(7));
  const nodeKey = V.PING.slice(14);
  const peers = new PeerDirectory();
  peers.set({ id: 'p', nodeKey, discoKey: sender, homeRelay: 'relay:p', prober });
  const inbox = new Inbox(peers, ours!, 'udp');
  const source = { text: 'relay:p', limitKey: 'relay:p', relay: true, nodeKey };
  let now = 0;
  return (input) => {
    now += 100;
    const box = crypto.nacl.seal(secret, nonce, input);
    const delivery = inbox.receive(now, source, encodeDiscoPacket({ sender, nonce, box }));
    promise(delivery !== 'forged' && delivery !== 'unknown-key' && delivery !== 'too-many', 'a peer is heard');
    const done = typeof delivery === 'string' ? [] : prober.handle(now, delivery.input);
    judge([...done, ...prober.tick(now, undefined)]);
    promise(prober.ways.length <= 64, 'a peer has a bounded number of ways');
    promise(prober.nextDeadline(now) > now, 'nothing is due that was just done');
  };
}

function judge(actions: readonly Action[]): void {
  promise(actions.filter(({ type }) => type === 'pong').length <= 1, 'one message gets at most one pong');
  promise(actions.filter(({ type }) => type === 'ping').length <= 10, 'one message causes at most ten pings');
}
