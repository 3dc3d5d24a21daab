import { expect, test } from 'vitest';
import { definePlugin, provide } from '../composition/plugin.js';
import { token } from '../composition/token.js';
import { Tokens } from '../composition/tokens.js';
import type { HostLookup } from '../contracts/underlay.js';
import { createNode } from '../heddle-node/create-node.js';
import { hostLookup } from './host-lookup.js';

const Lookup = token<HostLookup>('test/lookup');

async function machine(): Promise<HostLookup> {
  const node = createNode({}, [
    hostLookup(),
    definePlugin({ name: 'user', provides: [provide(Lookup, [Tokens.HostLookup], (lookup) => lookup)] }),
  ]);
  await node.start();
  const lookup = node.get(Lookup);
  await node.close();
  return lookup;
}

test('names are what this machine says they are', async () => {
  const addresses = await (await machine()).lookup('localhost', {});
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses) expect(['127.0.0.1', '::1']).toContain(address);
});

test('who gives up is told at once, with the reason', async () => {
  const reason = new Error('enough');
  await expect((await machine()).lookup('localhost', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
