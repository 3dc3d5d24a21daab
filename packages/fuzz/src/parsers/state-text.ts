import { readState, writeState } from '../../../core/src/node/state-text.js';
import { bytesOf } from '../bytes.js';
import { type Parser, promiseSame, stateless, unlessRefused } from '../parser.js';

const seeds = [
  writeState(
    new Map([
      ['node-key', 'privkey:00'],
      ['empty', ''],
    ]),
  ),
  writeState(new Map()),
  '{"version":1,"values":{"__proto__":"x","constructor":"y","10":"z","\\ud800":"lone"}}',
  '{"version":2,"values":{}}',
];

/** The text of a state file, as it is read from the disk: UTF-8, or not. */
export const stateText: Parser = stateless(
  {
    name: 'state-text',
    kind: 'text',
    seeds: seeds.map(bytesOf),
    words: ['"version"', '"values"', '__proto__', 'null', 'true', '[', '{', '}', '1e999', '-0', '"\\u0000"', '{"a":', '['.repeat(500)],
  },
  (input) => {
    const values = unlessRefused(['HEDDLE_STATE_VERSION'], () => readState(Buffer.from(input).toString('utf8')));
    if (values !== undefined) promiseSame(readState(writeState(values)), values, 'B5: what is read is written and read again');
    promiseSame(Object.keys(Object.prototype), [], 'nothing reaches the prototype of all objects');
  },
);
