import { LARGEST_HEAD, parseRequestHead, type RequestHead, RequestHeadReader } from '../../../funnel/src/ingress/request-head.js';
import { bytesOf, fingerprint, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const INGRESS = [
  'POST /v0/ingress HTTP/1.1',
  'Host: peer',
  'User-Agent: Go-http-client/1.1',
  'Content-Length: 0',
  'Tailscale-Ingress-Src: [2001:db8::9]:51234',
  'Tailscale-Ingress-Target: web.example.ts.net:443',
  'Accept-Encoding: gzip',
  '',
  '',
].join('\r\n');

/** The head of a request to the PeerAPI, however it is cut into pieces (B2). */
export const peerApiHead: Parser = stateless(
  {
    name: 'peer-api-head',
    kind: 'text',
    longest: LARGEST_HEAD + 512,
    seeds: [bytesOf(INGRESS), bytesOf('GET /?a=b HTTP/1.1\r\nHost: 100.64.0.1:36186\r\n\r\n')],
    words: ['\r\n', '\r\n\r\n', ': ', 'Host: peer', 'Transfer-Encoding: chunked', 'Content-Length: 7', 'HTTP/1.0', '\t', '\x00', '\x80'],
  },
  (input) => {
    const found = new RequestHeadReader().push(input);
    const at = fingerprint(input) % (input.length + 1);
    const pieces = new RequestHeadReader();
    const first = pieces.push(input.slice(0, at));
    promiseSame(headOf(first ?? pieces.push(input.slice(at))), headOf(found), 'B2: a cut anywhere gives the same head');
    if (found === undefined || typeof found === 'string') return;
    promise(found.used <= LARGEST_HEAD, 'B3: no head is larger than its cap');
    promiseSame(parseRequestHead(textOf(input.slice(0, found.used - 4))), found.head, 'the reader and the parser agree');
  },
);

function headOf(found: ReturnType<RequestHeadReader['push']>): RequestHead | string | undefined {
  return typeof found === 'object' ? found.head : found;
}
