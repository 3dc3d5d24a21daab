import { BehaviorSubject } from 'rxjs';
import { expect, test } from 'vitest';
import { definePlugin, provide } from '../composition/plugin.js';
import { token } from '../composition/token.js';
import type { Health } from '../contracts/surroundings.js';
import { createNode } from './create-node.js';

test('what a service says of its health is the health of its plugin, while it runs and no longer', async () => {
  const health = new BehaviorSubject<Health>({ ok: false, code: 'HEDDLE_UNSUPPORTED', text: 'tired', since: 0 });
  const plugin = definePlugin({
    name: 'a-service',
    provides: [provide(token<object>('a-service'), [], () => ({}), { health: () => health })],
  });
  const node = createNode({}, [plugin, definePlugin({ name: 'another', provides: [] })]);
  const shown = (): unknown => node.status().plugins.find(({ name }) => name === 'a-service')?.health;
  await node.start();
  expect(shown()).toMatchObject({ plugin: 'a-service', ok: false, text: 'tired' });
  health.next({ ok: true, since: 5 });
  expect(shown()).toEqual({ plugin: 'a-service', ok: true, since: 5 });
  await node.remove('a-service');
  expect(health.observed).toBe(false);
  await node.close();
});
