import { expect, test } from 'vitest';
import { summaryOf } from './route-summary.js';

const hosts4 = (count: number): string[] => Array.from({ length: count }, (_, n) => `100.${64 + (n >> 8)}.${n & 255}.7/32`);
const hosts6 = (count: number): string[] => Array.from({ length: count }, (_, n) => `fd7a:115c:a1e0::${(n + 1).toString(16)}/128`);

test('the addresses of a small tailnet are routes of their own', () => {
  const routes = [...hosts4(1_024), ...hosts6(1_024), '10.0.0.0/8'];
  expect(summaryOf(routes)).toBe(routes);
});

test('those of a large one are a route for each family, and what is no node stays', () => {
  expect(summaryOf([...hosts4(1_025), ...hosts6(3), '10.0.0.0/8'])).toEqual([...hosts6(3), '10.0.0.0/8', '100.64.0.0/10']);
  expect(summaryOf([...hosts4(2_000), '0.0.0.0/0', ...hosts6(2_000)])).toEqual(['0.0.0.0/0', '100.64.0.0/10', 'fd7a:115c:a1e0::/48']);
});

test('a prefix outside, and one of many addresses, is not taken for a node', () => {
  const routes = Array.from({ length: 3_000 }, (_, n) => [
    `100.128.${n >> 8}.${n & 255}/32`,
    `100.64.${n & 255}.0/24`,
    `fd7b::${n.toString(16)}/128`,
  ]);
  expect(summaryOf(routes.flat())).toEqual(routes.flat());
});
