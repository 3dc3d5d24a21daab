import { parseAddress } from '@heddle/wire';
import { expect, test } from 'vitest';
import type { FilterRule, JsonValue } from '../contracts/netmap.js';
import { Grants } from './grants.js';

const at = (text: string): Uint8Array => parseAddress(text)!;

function grant(
  sources: readonly string[],
  destinations: readonly string[],
  capabilities: Record<string, readonly JsonValue[]>,
): FilterRule {
  return { sources, destinations: [], grants: [{ destinations, capabilities: new Map(Object.entries(capabilities)) }] };
}

const grants = new Grants({
  rules: [
    grant(['100.64.0.2', 'cap:example.com/cap/web'], ['100.64.0.1/32'], {
      'example.com/cap/files': [{ share: 'a' }],
      'example.com/cap/see': [],
    }),
    grant(['100.64.0.0/24'], ['*'], { 'example.com/cap/files': [{ share: 'b' }] }),
    { sources: ['*'], destinations: [{ addresses: '*', ports: { first: 0, last: 65_535 } }] },
  ],
});

test('capabilities of the same name are joined in the order of the rules', () => {
  expect(grants.between(at('100.64.0.2'), at('100.64.0.1'))).toEqual(
    new Map<string, unknown>([
      ['example.com/cap/files', [{ share: 'a' }, { share: 'b' }]],
      ['example.com/cap/see', []],
    ]),
  );
});

test('source and destination have to fit, and families never mix', () => {
  expect([...grants.between(at('100.64.0.2'), at('100.64.0.9')).keys()]).toEqual(['example.com/cap/files']);
  expect(grants.between(at('100.64.1.2'), at('100.64.0.1')).size).toBe(0);
  expect(grants.between(at('fd7a:115c:a1e0::2'), at('100.64.0.1')).size).toBe(0);
});
