import { decodeStunAnswer, decodeStunRequest, encodeStunAnswer, encodeStunRequest, looksLikeStun } from '@heddle/wire';
import * as V from '../../../wire/test/stun-vectors.js';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const GARBAGE = new Uint8Array([9, 9, 9]);
const seeds = [V.STUN_REQUEST, V.STUN_ANSWER4, V.STUN_ANSWER6, V.STUN_ANSWER_MAPPED, V.STUN_RFC4, V.STUN_RFC6];

/** Binding requests and answers. */
export const stun: Parser = stateless({ name: 'stun', kind: 'bytes', seeds }, (input) => {
  const answer = decodeStunAnswer(input);
  const request = decodeStunRequest(input);
  promise(looksLikeStun(input) || (answer ?? request) === undefined, 'what is read looks like STUN');
  promise(answer === undefined || request === undefined, 'a message is a request or an answer');
  if (answer !== undefined) {
    promiseSame(decodeStunAnswer(join(input, GARBAGE)), answer, 'B4: bytes behind are ignored');
    promiseSame(decodeStunAnswer(encodeStunAnswer(answer)), answer, 'B5: an answer is written and read again');
  }
  if (request !== undefined) promiseSame(decodeStunRequest(encodeStunRequest(request.transaction)), request, 'B5: a request is, too');
});
