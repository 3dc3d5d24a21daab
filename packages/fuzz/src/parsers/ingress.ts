import { judgeFirstBytes } from '../../../devnet/src/ingress/first-bytes.js';
import { AnswerReader } from '../../../devnet/src/ingress/peer-upgrade.js';
import { bytesOf, fingerprint, fromHex } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

/** A ClientHello for `web.ts.net`. */
const HELLO = fromHex(
  `16030100 4e 0100004a 0303 ${'07'.repeat(32)} 00 0002 1301 01 00 001f 0000 000f 000d 00 000a 7765622e74732e6e6574
   0010 0008 0006 0268 32 0268 33`,
);

/** What visitors of an ingress relay say first. */
export const visitorHello: Parser = stateless(
  { name: 'visitor-hello', kind: 'bytes', seeds: [HELLO, bytesOf('GET / HTTP/1.1\r\n'), bytesOf('SSH-2.0-OpenSSH\r\n')] },
  (input) => {
    const said = judgeFirstBytes(input);
    if (typeof said === 'object') promise(/^[a-z0-9._-]{1,255}$/.test(said.name), 'a name is one that may stand in a request');
    const before = judgeFirstBytes(input.subarray(0, fingerprint(input) % (input.length + 1)));
    if (before === 'http' || before === 'garbage') promiseSame(said, before, 'B2: what is no TLS does not become it by more bytes');
  },
);

/** What nodes answer an ingress relay, however it is cut into pieces (B2). */
export const ingressAnswer: Parser = stateless(
  {
    name: 'ingress-answer',
    kind: 'text',
    longest: 9_000,
    seeds: ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\ndenied\n'].map(bytesOf),
    words: ['\r\n\r\n', 'HTTP/1.0', ' 101 ', '\n'],
  },
  (input) => {
    const whole = new AnswerReader().push(input);
    const [at, pieces] = [fingerprint(input) % (input.length + 1), new AnswerReader()];
    const first = pieces.push(input.subarray(0, at));
    const cut = first ?? pieces.push(input.subarray(at));
    const statusOf = (it: typeof whole): unknown => (typeof it === 'object' ? it.status : it);
    promiseSame(statusOf(cut), statusOf(whole), 'B2: a cut anywhere gives the same answer');
  },
);
