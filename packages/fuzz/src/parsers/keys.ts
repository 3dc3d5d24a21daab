import { PresharedKey, PrivateKey, PublicKey } from '@heddle/crypto';
import { bytesOf, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless, unlessRefused } from '../parser.js';

const HEX = '2022222222222222222222222222222222222222222222222222222222222262';
const BASE64 = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';
/** The documented refusals of a text. */
const REFUSALS = ['HEDDLE_KEY_FORMAT', 'HEDDLE_KEY_ZERO'];

/** One form of one kind of key: its reader and the writer of the same form. */
interface Form {
  readonly name: string;
  read(text: string): string;
  /** False: what is written may differ, because private keys are clamped. */
  readonly exact: boolean;
}

const forms: readonly Form[] = [
  { name: 'public prefixed', exact: true, read: (text) => PublicKey.parse('node', text).toString() },
  { name: 'public hex', exact: true, read: (text) => PublicKey.fromHex('node', text).toHex() },
  { name: 'public base64', exact: true, read: (text) => PublicKey.fromBase64('node', text).toBase64() },
  { name: 'disco prefixed', exact: true, read: (text) => PublicKey.parse('disco', text).toString() },
  { name: 'private prefixed', exact: false, read: (text) => PrivateKey.parse('node', text).revealText() },
  { name: 'private hex', exact: false, read: (text) => PrivateKey.fromHex('node', text).revealHex() },
  { name: 'private base64', exact: false, read: (text) => PrivateKey.fromBase64('node', text).revealBase64() },
  { name: 'preshared hex', exact: true, read: (text) => PresharedKey.fromHex(text).revealHex() },
  { name: 'preshared base64', exact: true, read: (text) => PresharedKey.fromBase64(text).revealBase64() },
];

/** Keys in all their forms. */
export const keys: Parser = stateless(
  {
    name: 'keys',
    kind: 'text',
    longest: 300,
    seeds: [HEX, BASE64, `nodekey:${HEX}`, `discokey:${HEX}`, `privkey:${HEX}`, '0'.repeat(64), `${'A'.repeat(43)}=`].map(bytesOf),
    words: ['nodekey:', 'discokey:', 'privkey:', HEX, BASE64, '=', '==', ' ', 'ſ'],
  },
  (input) => {
    const text = textOf(input);
    for (const form of forms) check(form, text);
  },
);

function check({ name, exact, read }: Form, text: string): void {
  const written = quietly(text, () => read(text));
  if (written === undefined) return;
  if (exact) promise(written === (/hex|prefixed/.test(name) ? text.toLowerCase() : text), `B5: a ${name} key is written as it was read`);
  promiseSame(read(written), written, `B5: a ${name} key is written and read again`);
}

/** A refusal does not repeat the key. */
function quietly(text: string, read: () => string): string | undefined {
  return unlessRefused(REFUSALS, () => {
    try {
      return read();
    } catch (error) {
      promise(text.length < 24 || !String(error).includes(text.slice(-24)), 'a refusal does not repeat the text of a key');
      throw error;
    }
  });
}
