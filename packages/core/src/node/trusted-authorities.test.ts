import { expect, test } from 'vitest';
import { TrustedAuthorities } from './trusted-authorities.js';

test('the authorities are read once', () => {
  const trusted = new TrustedAuthorities([]);
  expect(trusted.context).toBe(trusted.context);
});
