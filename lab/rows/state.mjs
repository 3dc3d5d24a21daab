// @ts-check
// State files and processes that die.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { start } from '../lib/process.mjs';

const WRITER = fileURLToPath(new URL('../nodes/state-writer.mjs', import.meta.url));
const KILLS = 200;
/** A write takes about a millisecond, so this spreads the kills over every part of one. */
const LONGEST_WAIT = 6;

/**
 * Lets the writer work for a moment and kills it. What it has called safe must be there for the next one.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {string} directory
 * @param {number} wait milliseconds after its first word
 */
async function writeAndDie(lab, directory, wait) {
  const writer = await start(lab, [process.execPath, WRITER, directory], { name: 'writer', talks: true });
  const said = { identity: '', found: -1, safe: 0 };
  if (writer.child.stdout === null) throw new Error('the writer has no output');
  for await (const line of createInterface({ input: writer.child.stdout })) {
    Object.assign(said, JSON.parse(line));
    if (!('identity' in JSON.parse(line))) continue;
    void sleep(wait).then(() => writer.kill());
  }
  if (said.identity === '') throw new Error(`the writer did not start:\n${await writer.log()}`);
  return said;
}

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'state-F10-kill',
    waits: true,
    seconds: 180,
    says: `F10: ${KILLS} times killed at a random point while writing: every state is valid, nothing safe is lost, the identity stays`,
    async run(lab) {
      const directory = lab.path('state');
      let seed = 20_261_121;
      const random = () => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return seed / 2 ** 32;
      };
      const first = await writeAndDie(lab, directory, 5);
      let safe = Math.max(first.found, first.safe);
      for (let n = 0; n < KILLS; n++) {
        const said = await writeAndDie(lab, directory, random() * LONGEST_WAIT);
        assert.equal(said.identity, first.identity, `identity after kill ${n}`);
        assert.ok(said.found >= safe, `found ${said.found} after ${safe} was safe`);
        safe = Math.max(said.found, said.safe);
      }
      lab.note(`${safe} values written`);
    },
  },
];
