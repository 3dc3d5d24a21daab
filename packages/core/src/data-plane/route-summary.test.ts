import { expect, test } from 'vitest';
import { RouteSummary } from './route-summary.js';

const MOST = 256;
const hosts4 = (count: number): string[] => Array.from({ length: count }, (_, n) => `100.${64 + (n >> 8)}.${n & 255}.7/32`);
const hosts6 = (count: number): string[] => Array.from({ length: count }, (_, n) => `fd7a:115c:a1e0::${(n + 1).toString(16)}/128`);

function summaryOf(prefixes: readonly string[]): RouteSummary {
  const summary = new RouteSummary();
  for (const prefix of prefixes) summary.add(prefix);
  return summary;
}

test('the addresses of a small tailnet are routes of their own', () => {
  const routes = [...hosts4(MOST), ...hosts6(MOST), '10.0.0.0/8'];
  expect(summaryOf(routes).routes).toEqual(routes);
});

test('those of a large one are a route for each family, and what is no node stays', () => {
  const one = summaryOf([...hosts4(MOST + 1), ...hosts6(3), '10.0.0.0/8']);
  expect(one.routes).toEqual([...hosts6(3), '10.0.0.0/8', '100.64.0.0/10']);
  const both = summaryOf([...hosts4(2_000), '0.0.0.0/0', ...hosts6(2_000)]);
  expect(both.routes).toEqual(['0.0.0.0/0', '100.64.0.0/10', 'fd7a:115c:a1e0::/48']);
});

test('a prefix outside, and one of many addresses, is not taken for a node', () => {
  const routes = Array.from({ length: 1_000 }, (_, n) => [
    `100.128.${n >> 8}.${n & 255}/32`,
    `100.64.${n & 255}.${n >> 8}/30`,
    `fd7b::${n.toString(16)}/128`,
  ]);
  expect(summaryOf(routes.flat()).routes).toEqual(routes.flat());
});

test('a node that joins or leaves a large tailnet changes no route; the one that makes it large, or small again, does', () => {
  const nodes = hosts4(MOST + 2);
  const summary = summaryOf(nodes.slice(0, MOST));
  expect([summary.add(nodes[MOST]!), summary.add(nodes[MOST + 1]!), summary.add('10.0.0.0/8')]).toEqual([true, false, true]);
  expect(summary.routes).toEqual(['10.0.0.0/8', '100.64.0.0/10']);
  expect([summary.remove(nodes[0]!), summary.remove(nodes[1]!), summary.remove(nodes[2]!)]).toEqual([false, true, true]);
  expect(summary.routes).toEqual([...nodes.slice(3), '10.0.0.0/8']);
});

test('a prefix that several have stays until the last gives it up', () => {
  const summary = summaryOf(['10.0.0.0/8', '10.0.0.0/8']);
  expect([summary.remove('10.0.0.0/8'), summary.remove('10.0.0.0/8'), summary.remove('10.0.0.0/8')]).toEqual([false, true, false]);
  expect(summary.routes).toEqual([]);
});
