import { bytesOf, textOf } from './bytes.js';
import type { Mutation, Pool } from './damage-bytes.js';
import type { Random } from './random.js';

/** Mutations of texts: by word, by number, by line. */
export const TEXT_MUTATIONS: readonly Mutation[] = [
  byToken(repeatToken),
  byToken(dropToken),
  byToken(swapTokens),
  byToken(replaceToken),
  byToken(editNumber),
  byToken(changeCase),
  repeatLine,
];

/** What stands where a number is wanted. */
const NUMBERS = [
  '0',
  '1',
  '-1',
  '00',
  '+1',
  '65535',
  '65536',
  '2147483648',
  '4294967295',
  '4294967296',
  '1e999',
  '0x10',
  '9'.repeat(30),
  '',
];

type TokenMutation = (random: Random, tokens: string[], pool: Pool) => void;

/** Words, and what keeps them apart, in turn. */
function byToken(change: TokenMutation): Mutation {
  return (random, input, pool) => {
    const tokens = textOf(input).split(/([\s=,:/."[\]{}%#+-]+)/);
    change(random, tokens, pool);
    return bytesOf(tokens.join(''));
  };
}

function repeatToken(random: Random, tokens: string[]): void {
  const at = random.below(tokens.length);
  tokens[at] = tokens[at]!.repeat(2 + random.below(random.once(8) ? 100 : 2));
}

function dropToken(random: Random, tokens: string[]): void {
  tokens[random.below(tokens.length)] = '';
}

function swapTokens(random: Random, tokens: string[]): void {
  const [a, b] = [random.below(tokens.length), random.below(tokens.length)];
  [tokens[a], tokens[b]] = [tokens[b]!, tokens[a]!];
}

function replaceToken(random: Random, tokens: string[], { words }: Pool): void {
  tokens[random.below(tokens.length)] = words.length > 0 && !random.once(4) ? random.pick(words) : random.pick(tokens);
}

function editNumber(random: Random, tokens: string[]): void {
  const numbers = tokens.flatMap((token, i) => (/^[0-9]/.test(token) ? [i] : []));
  tokens[numbers.length > 0 ? random.pick(numbers) : random.below(tokens.length)] = random.pick(NUMBERS);
}

function changeCase(random: Random, tokens: string[]): void {
  const at = random.below(tokens.length);
  tokens[at] = random.once(2) ? tokens[at]!.toUpperCase() : tokens[at]!.toLowerCase();
}

/** A line or key that comes twice, in another place. */
function repeatLine(random: Random, input: Uint8Array): Uint8Array {
  const lines = textOf(input).split('\n');
  lines.splice(random.below(lines.length + 1), 0, random.pick(lines));
  return bytesOf(lines.join('\n'));
}
