import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_SETTINGS, type PeerEntry } from './device.js';
import { isHostPrefix } from './interface-address.js';
import { PeerBook } from './peer-book.js';

const entry = (id: string, allowedIps: readonly string[]): PeerEntry => ({ id, nodeKey: new Uint8Array(32), allowedIps, ...NO_SETTINGS });
const many = Array.from({ length: 300 }, (_, n) => `10.${n >> 8}.${n & 255}.${n % 3}/${n % 2 === 0 ? 32 : 24}`);

/** The same rules, the plain way. */
class PlainBook {
  readonly lists = new Map<string, Set<string>>();

  add(id: string, prefix: string): void {
    for (const [other, list] of this.lists) if (other !== id) list.delete(prefix);
    this.lists.get(id)!.add(prefix);
  }
}

describe('the prefixes of a peer that is being edited', () => {
  test('stay the same list when nothing came of the edits', () => {
    const book = new PeerBook();
    book.put(entry('a', many));
    book.commit();
    const before = book.get('a');
    book.addPrefix('a', many[3]!);
    book.removePrefix('a', '10.77.0.0/16');
    expect(book.commit()).toEqual({ set: [], removed: [] });
    expect(book.get('a')).toBe(before);
  });

  test('leave the list of before as it was', () => {
    const book = new PeerBook();
    book.put(entry('a', many));
    book.commit();
    const before = book.get('a')!.allowedIps;
    book.removePrefix('a', many[7]!);
    book.addPrefix('a', '10.99.0.0/16');
    book.commit();
    expect(before).toEqual(many);
    expect(book.get('a')!.allowedIps).toEqual([...many.filter((_, n) => n !== 7), '10.99.0.0/16']);
  });

  test('after any rounds they are what sets of texts give, in order, and the hosts are those among them', () => {
    const step = fc.record({
      id: fc.constantFrom('a', 'b'),
      is: fc.constantFrom('add', 'add', 'add', 'remove', 'remove', 'clear', 'commit'),
      prefix: fc.constantFrom(...many.slice(0, 24)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const [book, plain] = [new PeerBook(), new PlainBook()];
        for (const id of ['a', 'b']) {
          book.put(entry(id, []));
          plain.lists.set(id, new Set());
        }
        for (const { id, is, prefix } of steps) {
          if (is === 'add') [book.addPrefix(id, prefix), plain.add(id, prefix)];
          else if (is === 'remove') [book.removePrefix(id, prefix), plain.lists.get(id)!.delete(prefix)];
          else if (is === 'clear') [book.clearPrefixes(id), plain.lists.get(id)!.clear()];
          else book.commit();
        }
        book.commit();
        for (const { id, allowedIps, hosts } of book) {
          expect(allowedIps).toEqual([...plain.lists.get(id)!]);
          expect(hosts).toEqual(allowedIps.filter(isHostPrefix));
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
