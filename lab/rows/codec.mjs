// @ts-check
import assert from 'node:assert/strict';
import { command } from '../lib/command.mjs';
import { program } from '../peers.mjs';
import { decode, drawer, encode, randomFields } from '../stories/codec.mjs';

/** @typedef {import('../run.mjs').Row} Row */

const MESSAGES = 10_000;
const SEED = 5;

/** @type {readonly Row[]} */
export const rows = [
  {
    id: 'codec-equal',
    says: 'B5: 10,000 messages that we write are read by wireguard-go’s structs with the same fields, and what those write we read',
    async run(lab) {
      const draw = drawer(SEED);
      const all = Array.from({ length: MESSAGES }, () => randomFields(draw));
      const ours = all.map((fields) => hex(encode(fields)));
      const [read, written] = [await ask(lab, ours), await ask(lab, all.map(text))];
      for (const [i, fields] of all.entries()) {
        assert.deepEqual(read[i], { ...fields, again: ours[i] });
        assert.deepEqual(decode(bytes(written[i].again)), fields);
        assert.equal(written[i].again, ours[i]);
      }
      const kinds = [1, 2, 3, 4].map((type) => all.filter((fields) => fields.type === type).length);
      lab.note(`seed ${SEED}, ${kinds.join(' + ')} messages of types 1 to 4`);
    },
  },
  {
    id: 'codec-damaged',
    says: 'B5: of 10,000 messages with a changed type or length, both codecs take the same ones, and read the same in them',
    async run(lab) {
      const draw = drawer(SEED + 1);
      const damaged = Array.from({ length: MESSAGES }, () => damage(Buffer.from(encode(randomFields(draw))), draw));
      const theirs = await ask(lab, damaged.map(hex));
      let taken = 0;
      for (const [i, message] of damaged.entries()) {
        const fields = decode(message);
        if (fields === undefined) assert.deepEqual(theirs[i], { error: 'no message' }, hex(message));
        else assert.deepEqual({ sender: 0, receiver: 0, ...fields, again: hex(message) }, { sender: 0, receiver: 0, ...theirs[i] });
        if (fields !== undefined) taken++;
      }
      lab.note(`${taken} taken, ${MESSAGES - taken} refused`);
      assert.ok(taken > 0 && taken < MESSAGES);
    },
  },
];

/**
 * The answers of interop/codec to these lines.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {readonly string[]} lines
 * @returns {Promise<any[]>}
 */
async function ask(lab, lines) {
  const out = await command([await program('codec')], { input: `${lines.join('\n')}\n`, signal: lab.signal });
  const answers = out.trimEnd().split('\n');
  assert.equal(answers.length, lines.length);
  return answers.map((line) => JSON.parse(line));
}

/**
 * Another first byte, a reserved byte, or another length: the middle of a message means nothing to a codec.
 * @param {Buffer} message
 * @param {import('../stories/codec.mjs').Draw} draw
 */
function damage(message, draw) {
  const [how = 0, what = 0] = draw(2);
  const copy = Buffer.from(message);
  if (how < 64) copy[0] = what % 6;
  else if (how < 96) copy[1 + (what % 3)] = what;
  else if (how < 160) return copy.subarray(0, Math.max(1, copy.length - 1 - (what % 140)));
  else if (how < 224) return Buffer.concat([copy, draw(1 + (what % 90))]);
  return copy;
}

/** @param {unknown} fields */
function text(fields) {
  return JSON.stringify(fields);
}

/** @param {Uint8Array} message */
function hex(message) {
  return Buffer.from(message).toString('hex');
}

/** @param {string} digits */
function bytes(digits) {
  return new Uint8Array(Buffer.from(digits, 'hex'));
}
