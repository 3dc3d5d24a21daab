import { MapFrames } from '../../../control-ts2021/src/map/map-frames.js';
import type { MapOutcome } from '../../../control-ts2021/src/map/map-outcome.js';
import { MapSession } from '../../../control-ts2021/src/map/map-session.js';
import { formatTime, parseTime } from '../../../control-ts2021/src/map/rfc3339.js';
import { bytesOf, fingerprint, fromHex, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const WALL = 1_790_000_000_000;
/** Small enough that a length of two bytes may be too long. */
const LONGEST_FRAME = 1_000;
/** More than a session of the seeds ever needs. */
const MOST_PEERS = 8;

const key = (kind: string, n: number): string => `${kind}key:${String(n).padStart(64, '0')}`;
const node = (n: number, more = ''): string =>
  `{"ID":${n},"Name":"n${n}.t.example.","User":7,"Key":"${key('node', n)}","Addresses":["100.64.0.${n}/32"]${more}}`;

const WHOLE = `{"Node":${node(1)},"Peers":[${node(2, `,"DiscoKey":"${key('disco', 2)}","AllowedIPs":["100.64.0.2/32","10.0.0.0/8"],"Endpoints":["192.0.2.2:41641","[2001:db8::2]:9"],"HomeDERP":3,"KeyExpiry":"2026-09-21T14:13:21Z","Online":true,"CapMap":{"a":[1,{"b":null}]},"Hostinfo":{"OS":"linux","Hostname":"h","Services":[{"Proto":"tcp","Port":80}]}`)}]}`;
const FRAMES: readonly string[] = [
  WHOLE,
  `{"PeersChanged":[${node(3)}],"PeersRemoved":[2,9007199254740993],"OnlineChange":{"2":false},"PeerSeenChange":{"3":true}}`,
  `{"PeersChangedPatch":[{"NodeID":2,"DERPRegion":5,"Endpoints":["192.0.2.3:1"],"LastSeen":"2026-01-02T03:04:05.5+01:00","Key":"${key('node', 9)}"}]}`,
  '{"PacketFilter":[],"PacketFilters":{"*":null,"a":[{"SrcIPs":["100.64.0.0/10","1.2.3.4-1.2.3.9","cap:x"],"DstPorts":[{"IP":"*","Ports":{"First":1,"Last":2}}],"IPProto":[6,256],"CapGrant":[{"Dsts":["::/0"],"CapMap":{"y":[{}]}}]}]}}',
  '{"DERPMap":{"Regions":{"1":{"RegionCode":"x","Nodes":[{"Name":"a","HostName":"a.example","IPv4":"none","DERPPort":444,"STUNPort":-1}]},"2":null},"HomeParams":{"RegionScore":{"1":0.5}}}}',
  '{"DNSConfig":{"Proxied":true,"Domains":["t.example"],"Resolvers":[{"Addr":"https://d.example/q","BootstrapResolution":["1.1.1.1"]}],"Routes":{"x.":null},"ExtraRecords":[{"Name":"r.x","Value":"::1"}]},"Domain":"d"}',
  '{"UserProfiles":[{"ID":7,"LoginName":"l","DisplayName":"d","ProfilePicURL":"https://a/"}],"Health":["h"],"DisplayMessages":{"*":null,"m":{"Title":"t","Severity":"high","PrimaryAction":{"URL":"http://a/"}}}}',
  '{"KeepAlive":true,"ControlTime":"2026-09-21T15:13:20Z","PingRequest":{"URL":"https://a/p","Types":"c2n","Payload":"R0VU"},"PopBrowserURL":"https://a/b","Debug":{"SleepSeconds":1}}',
];
const KNOWN = bytesOf(WHOLE);
/** Of so many inputs two are kept and read again. */
const KEPT_OF = 16;
const WORDS = [
  '"__proto__"',
  '"constructor"',
  'null',
  '{}',
  '[]',
  '1e999',
  '9007199254740993',
  '"*"',
  '0001-01-01T00:00:00Z',
  '\\ud800',
  '"Peers"',
  '"PeersRemoved"',
];

/** The stream of a map response: what it cuts does not depend on how the bytes come. */
export const mapFrames: Parser = stateless(
  {
    name: 'map-frames',
    kind: 'bytes',
    seeds: [
      fromHex('120000007b224b656570416c697665223a747275657d'),
      fromHex('020000007b7d00000000030000007b207d'),
      fromHex('1b00000028b52ffd20129100007b224b656570416c697665223a747275657d'),
    ],
    longest: 300,
  },
  (input) => {
    const whole = cut([input]);
    promiseSame(cut(Array.from(input, (_, i) => input.subarray(i, i + 1))), whole, 'B2: byte by byte says the same as in one piece');
    const middle = input.length >> 1;
    promiseSame(cut([input.subarray(0, middle), input.subarray(middle)]), whole, 'B2: two halves say the same as one piece');
    promise(
      whole.frames.every(({ length }) => length <= LONGEST_FRAME),
      'B3: no frame is longer than allowed',
    );
  },
);

/** One frame of the map: as a delta of a known map, or as the first frame of a poll. */
export const mapFrame: Parser = stateless({ name: 'map-frame', kind: 'text', seeds: FRAMES.map(bytesOf), words: WORDS }, (input) => {
  const session = new MapSession({ peers: MOST_PEERS });
  session.apply(KNOWN, WALL);
  const choice = fingerprint(input);
  if (choice % 2 === 0) session.begin();
  if (judge(session.apply(input, WALL)).problem !== undefined) return;
  judge(session.tick(WALL + 60_000));
  promise(session.nextDeadline() > WALL + 60_000, 'what was due is done');
  if (choice % KEPT_OF < 2) promiseKept(session);
});

/** A map that was kept. */
export const savedMap: Parser = stateless({ name: 'saved-map', kind: 'text', seeds: [keptMap()], words: WORDS }, (input) => {
  const session = new MapSession({ peers: MOST_PEERS });
  const outcome = session.restore(textOf(input), WALL);
  if (outcome === undefined) promise(session.save() === undefined, 'a refused map leaves nothing behind');
  else judge(outcome);
});

/** Times as Go writes them. */
export const mapTimes: Parser = stateless(
  {
    name: 'map-times',
    kind: 'text',
    seeds: ['2026-08-22T10:11:12.345Z', '2024-02-29T23:59:60+14:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999-01:00'].map(
      bytesOf,
    ),
    longest: 60,
  },
  (input) => {
    const time = parseTime(textOf(input));
    if (time === undefined) return;
    promise(Number.isSafeInteger(time), 'a time is whole milliseconds');
    const text = formatTime(time);
    if (text !== undefined) promiseSame(parseTime(text), time, 'B5: what is read is written and read again');
  },
);

function cut(pieces: readonly Uint8Array[]): { readonly frames: readonly Uint8Array[]; readonly problem: string | undefined } {
  const stream = new MapFrames(LONGEST_FRAME);
  const frames: Uint8Array[] = [];
  for (const piece of pieces) {
    stream.push(piece);
    for (let frame = stream.next(); frame !== undefined; frame = stream.next()) frames.push(Uint8Array.from(frame));
  }
  return { frames, problem: stream.problem?.reason };
}

function judge(outcome: MapOutcome): MapOutcome {
  const { problem, patch, orders } = outcome;
  promise(problem === undefined || (patch === undefined && orders.length === 0), 'a refused frame changes nothing');
  promise((patch?.set.length ?? 0) <= MOST_PEERS, 'there are never more peers than allowed');
  for (const peer of patch?.set ?? []) promise(peer.id !== '' && peer.nodeKey.length === 32, 'a peer has an id and a key');
  return outcome;
}

function promiseKept(session: MapSession): void {
  const saved = session.save();
  promise(saved !== undefined, 'a map that is known can be kept');
  const again = new MapSession({ peers: MOST_PEERS });
  promise(again.restore(saved, WALL) !== undefined, 'B5: a map that is kept can be read');
  promiseSame(JSON.parse(again.save() ?? ''), JSON.parse(saved), 'B5: and is kept again as it was');
}

function keptMap(): Uint8Array {
  const session = new MapSession();
  for (const frame of FRAMES) session.apply(bytesOf(frame), WALL);
  return bytesOf(session.save() ?? '');
}
