import { createNode, Tokens } from '@heddle/core';
import { expect, test } from 'vitest';
import { Metrics, metrics } from '../metrics.js';
import { promRegistry } from './prom-registry.js';

test('the registry of prom-client has the names, types and values of our own text, at each scrape anew', async () => {
  const node = createNode({ hostname: 'web' }, [metrics()]);
  await node.start();
  let dials = 1;
  node.get(Tokens.Counters).show('phone', { name: 'dials', type: 'counter', says: 'Calls.', read: () => dials });
  const registry = await promRegistry(node);
  const line = async (): Promise<string | undefined> => (await registry.metrics()).match(/^heddle_phone_dials_total .*/m)?.[0];
  expect(await line()).toBe('heddle_phone_dials_total 1');
  dials = 5;
  expect(await line()).toBe('heddle_phone_dials_total 5');
  expect(await registry.metrics()).toContain('heddle_node_state{state="Running"} 1');
  const [ours, theirs] = [node.get(Metrics).text(), await registry.metrics()];
  const names = (text: string): string[] => [...text.matchAll(/^(heddle_[a-z0-9_]+)[ {]/gm)].map((found) => found[1]!);
  expect(new Set(names(theirs))).toEqual(new Set(names(ours)));
  await node.close();
});

test('a family that a plugin shows later is in the second scrape', async () => {
  const node = createNode({}, [metrics()]);
  await node.start();
  const registry = await promRegistry(node);
  node.get(Tokens.Counters).show('phone', { name: 'dials', type: 'counter', says: 'Calls.', read: () => 1 });
  await registry.metrics();
  expect(await registry.metrics()).toContain('heddle_phone_dials_total 1');
  await node.close();
});

test('a number that prom-client would throw over is left out, and the scrape goes on', async () => {
  const node = createNode({ hostname: 'web' }, [metrics()]);
  await node.start();
  const counters = node.get(Tokens.Counters);
  counters.show('phone', { name: 'lost', type: 'counter', says: 'Falls.', read: () => -1 });
  counters.show('phone', { name: 'odd', type: 'gauge', says: 'None.', read: () => Number.NaN });
  const text = await (await promRegistry(node)).metrics();
  expect(text).toContain('heddle_node_info');
  expect(text).not.toMatch(/^heddle_phone_\w+ /m);
  await node.close();
});

test('without prom-client the error says what to install', async () => {
  const node = createNode({}, [metrics()]);
  await node.start();
  const load = (): Promise<never> => Promise.reject(new Error('Cannot find package'));
  await expect(promRegistry(node, { load })).rejects.toMatchObject({
    code: 'HEDDLE_METRICS_NO_PROM_CLIENT',
    message: expect.stringContaining('npm install prom-client'),
  });
  await node.close();
});
