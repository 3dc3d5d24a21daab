import { describe, expect, test } from 'vitest';
import { everyCrypto } from '../test/each-crypto.js';
import { elsewhere, known } from '../test/known-handshake.js';
import { hex, toHex } from '../test/packets.js';
import { CookieChecker } from './cookie-checker.js';
import { CookieJar } from './cookie-jar.js';

const REPLY =
  '0300000044332211777777777777777777777777777777777777777777777777de57a440189e9e3cf50a2962b015f8b26bfe4f811efceae7717a1a8443e49d93';

describe.each(everyCrypto)('with $name', ({ crypto }) => {
  const checker = () => new CookieChecker(crypto, (into) => into.fill(into.length === 32 ? 0x66 : 0x77), hex(known.responder.publicKey));
  const jar = () => new CookieJar(crypto, hex(known.responder.publicKey));
  const initiation = () => hex(known.initiation);
  const unsigned = () => initiation().fill(0, 116);

  test('a cookie reply has the bytes that wireguard-go makes of the same secret, nonce and source', () => {
    expect(toHex(checker().reply(0, initiation(), elsewhere.id))).toBe(REPLY);
  });

  test('the message sent again after the cookie carries the mac2 that the replier wants', () => {
    const mine = jar();
    mine.sign(0, unsigned());
    expect(mine.accept(10, hex(REPLY))).toBe(true);
    const again = unsigned();
    mine.sign(5_000, again);
    expect(toHex(again.subarray(132))).toBe('69c738a7f5e3c0c52b0590cd503e7535');
    const theirs = checker();
    theirs.reply(0, initiation(), elsewhere.id);
    expect(theirs.mac2Valid(5_000, again, elsewhere.id)).toBe(true);
  });

  test('mac2 is zero before there is a cookie, and again when it is two minutes old', () => {
    const mine = jar();
    const message = unsigned();
    mine.sign(0, message);
    expect(toHex(message)).toBe(known.initiation);
    mine.accept(0, hex(REPLY));
    const fresh = unsigned();
    mine.sign(119_999, fresh);
    expect(toHex(fresh.subarray(132))).not.toBe('00'.repeat(16));
    const stale = unsigned();
    mine.sign(120_000, stale);
    expect(toHex(stale.subarray(132))).toBe('00'.repeat(16));
  });

  test('A9: a cookie for another message, a changed one, and a second one to the same message are ignored', () => {
    const mine = jar();
    expect(mine.accept(0, hex(REPLY))).toBe(false);
    const other = unsigned();
    other[8] = 0;
    mine.sign(0, other);
    expect(mine.accept(0, hex(REPLY))).toBe(false);
    mine.sign(0, unsigned());
    for (let i = 8; i < 64; i++) {
      const forged = hex(REPLY);
      forged[i] = forged[i]! ^ 1;
      expect(mine.accept(0, forged)).toBe(false);
    }
    expect(mine.accept(0, hex(REPLY))).toBe(true);
    expect(mine.accept(60_000, hex(REPLY))).toBe(false);
  });

  test('A9: a cookie is worth nothing from another source, and nothing after two minutes', () => {
    const theirs = checker();
    const mine = jar();
    mine.sign(0, unsigned());
    mine.accept(0, theirs.reply(0, initiation(), elsewhere.id));
    const message = unsigned();
    mine.sign(1_000, message);
    expect(theirs.mac2Valid(1_000, message, elsewhere.id)).toBe(true);
    expect(theirs.mac2Valid(1_000, message, hex('c00002086cca'))).toBe(false);
    expect(theirs.mac2Valid(120_000, message, elsewhere.id)).toBe(false);
  });

  test('A9: the same source gets another cookie from another secret', () => {
    let fill = 0;
    const theirs = new CookieChecker(crypto, (into) => into.fill(++fill), hex(known.responder.publicKey));
    const mine = jar();
    mine.sign(0, unsigned());
    mine.accept(0, theirs.reply(0, initiation(), elsewhere.id));
    const message = unsigned();
    mine.sign(119_999, message);
    expect(theirs.mac2Valid(119_999, message, elsewhere.id)).toBe(true);
    theirs.reply(120_000, initiation(), elsewhere.id);
    expect(theirs.mac2Valid(120_000, message, elsewhere.id)).toBe(false);
  });
});
