import { formatPrefix, type Prefix, parseAddress, parsePrefix, prefixContains } from '@heddle/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AllowedIps, NO_OWNER } from './allowed-ips.js';
import { PrefixTrie } from './prefix-trie.js';

const prefix = (text: string): Prefix => parsePrefix(text)!;

function lookup(table: AllowedIps, text: string): number {
  const address = parseAddress(text)!;
  const slab = new Uint8Array(address.length + 5);
  slab.set(address, 5);
  return table.lookup(address.length === 4 ? 4 : 6, slab, 5);
}

test('the longest prefix wins, in both families', () => {
  const table = new AllowedIps();
  const owners = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '::/0', 'fd00::/8', 'fd00::1/128'];
  owners.forEach((text, owner) => {
    table.assign(prefix(text), owner);
  });
  expect(['9.9.9.9', '10.9.9.9', '10.1.9.9', '10.1.2.3', '2001:db8::1', 'fd00::2', 'fd00::1'].map((text) => lookup(table, text))).toEqual([
    0, 1, 2, 3, 4, 5, 6,
  ]);
});

test('an address that nobody owns has no owner', () => {
  const table = new AllowedIps();
  expect(lookup(table, '10.0.0.1')).toBe(NO_OWNER);
  table.assign(prefix('10.0.0.0/24'), 1);
  expect(lookup(table, '10.0.1.1')).toBe(NO_OWNER);
  expect(lookup(table, 'fd00::1')).toBe(NO_OWNER);
});

test('a prefix moves to its new owner, and only its owner can give it up', () => {
  const table = new AllowedIps();
  table.assign(prefix('10.0.0.0/24'), 1);
  table.assign(prefix('10.0.0.0/24'), 2);
  table.release(prefix('10.0.0.0/24'), 1);
  expect(lookup(table, '10.0.0.1')).toBe(2);
  table.release(prefix('10.0.0.0/24'), 2);
  expect(lookup(table, '10.0.0.1')).toBe(NO_OWNER);
  table.release(prefix('10.0.0.0/24'), 2);
});

/** Few distinct bits, so that prefixes nest and meet. */
const anyPrefix = (bytes: 4 | 16): fc.Arbitrary<Prefix> =>
  fc
    .tuple(fc.array(fc.constantFrom(0, 1, 128, 129, 255), { minLength: bytes, maxLength: bytes }), fc.nat(8 * bytes))
    .map(([address, bits]) => {
      const text = formatPrefix({ address: Uint8Array.from(address), bits });
      return prefix(text);
    });

for (const bytes of [4, 16] as const) {
  test(`after any history of sets and removals the trie of ${8 * bytes} bits answers like a list, and leaves no rows behind`, () => {
    const step = fc.tuple(anyPrefix(bytes), fc.boolean());
    const property = fc.property(fc.array(step, { maxLength: 60 }), fc.array(anyPrefix(bytes), { maxLength: 20 }), (steps, probes) => {
      const trie = new PrefixTrie(bytes);
      const list = new Map<string, { readonly prefix: Prefix; readonly value: number }>();
      steps.forEach(([entry, isSet], value) => {
        if (isSet) trie.set(entry.address, entry.bits, value);
        else trie.remove(entry.address, entry.bits);
        if (isSet) list.set(formatPrefix(entry), { prefix: entry, value });
        else list.delete(formatPrefix(entry));
        expect(trie.get(entry.address, entry.bits)).toBe(isSet ? value : -1);
      });
      for (const { address } of [...probes, ...steps.map(([entry]) => entry)]) {
        const matches = [...list.values()].filter((entry) => prefixContains(entry.prefix, address));
        const longest = matches.sort((a, b) => b.prefix.bits - a.prefix.bits)[0];
        expect(trie.lookup(address, 0)).toBe(longest?.value ?? -1);
      }
      expect(trie.nodes).toBeLessThanOrEqual(Math.max(0, 2 * list.size - 1));
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
}
