import {
  answersQuery,
  DNS_MESSAGE_MAX,
  decodeQuery,
  encodeAnswer,
  encodeFormatError,
  isTruncated,
  truncated,
} from '../../../core/src/names/dns-message.js';
import { fromHex, join } from '../bytes.js';
import { type Parser, promise, stateless } from '../parser.js';

/** `www.example.com`, A, with an OPT record, and PTR. */
const SEEDS = [
  '0007 0100 0001 0000 0000 0001 03777777 076578616d706c65 03636f6d 00 0001 0001 00 0029 04d0 00000000 0000',
  '0008 0100 0001 0000 0000 0000 0132 0130 023634 03313030 07696e2d61646472 0461727061 00 000c 0001',
];
const SMALL = 512;

/** Queries that come to a node's resolver, and what it answers. */
export const dnsQueries: Parser = stateless({ name: 'dns-queries', kind: 'bytes', seeds: SEEDS.map(fromHex), longest: 600 }, (input) => {
  const query = decodeQuery(input);
  encodeFormatError(input);
  if (query === undefined) return;
  promise(query.length <= input.length && query.length <= DNS_MESSAGE_MAX && query.size >= SMALL, 'a query is within its message');
  const records = Array.from({ length: 40 }, (_, i) => ({ address: Uint8Array.of(10, 0, 0, i) }));
  const answer = encodeAnswer(input, query, { code: 0, records });
  promise(answersQuery(answer, query), 'an answer answers its question');
  const cut = truncated(answer, query, SMALL);
  promise(cut.length <= Math.max(SMALL, query.length) && answersQuery(cut, query), 'F11: so does a short one');
  promise(isTruncated(cut) === answer.length > SMALL, 'and says that it is short');
  answersQuery(join(input, answer), query);
});
