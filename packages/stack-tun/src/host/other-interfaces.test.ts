import { expect, test } from 'vitest';
import { otherInterfaces } from './other-interfaces.js';

test('the addresses of one interface are left out, those of all others are there', () => {
  const all = otherInterfaces(() => undefined).list();
  expect(all).toContainEqual({ name: 'lo', address: '127.0.0.1', prefixLength: 8, loopback: true });
  expect(otherInterfaces(() => 'lo').list()).toEqual(all.filter(({ name }) => name !== 'lo'));
});
