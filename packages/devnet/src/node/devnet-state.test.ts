import type { StateStore } from '@heddle/core';
import { expect, test } from 'vitest';
import { DevnetState, readSaved } from './devnet-state.js';

const KEY = '-----BEGIN PRIVATE KEY-----';
const CERT = '-----BEGIN CERTIFICATE-----';
const node = { id: 1, key: 'nodekey:a', machine: 'mkey:a', name: 'web' };
const whole = {
  controlKey: 'c0',
  relayKey: 'd0',
  certificate: { key: KEY, cert: CERT, hash: 'e0', host: '127.0.0.1' },
  registry: { nextId: 2, users: ['user@devnet'], nodes: [node] },
  authKeys: [{ key: 'devnet-auth-1' }],
};

/** A disk that fails so many times before it writes. */
class Disk implements StateStore {
  readonly values: Map<string, string> = new Map();
  failures = 0;
  async open(): Promise<void> {}
  async close(): Promise<void> {}
  get(name: string): string | undefined {
    return this.values.get(name);
  }
  async set(name: string, value: string): Promise<void> {
    if (this.failures-- > 0) throw new Error('ENOSPC: no space left on device');
    this.values.set(name, value);
  }
}

test('a write that fails is told to who waits for it, and the next one is a new try', async () => {
  const disk = new Disk();
  const state = new DevnetState(disk, () => whole as never);
  disk.failures = 1;
  await expect(state.save()).rejects.toThrow('ENOSPC');
  await state.save();
  expect(readSaved(disk)).toMatchObject({ controlKey: 'c0' });
});

test('the first start has no state', () => expect(readSaved(new Disk())).toBeUndefined());

test.each([
  [{ version: 2 }, 'of this version'],
  [{ controlKey: undefined }, 'no controlKey'],
  [{ relayKey: null }, 'no relayKey'],
  [{ certificate: { host: '127.0.0.1' } }, 'no certificate'],
  [{ certificate: null }, 'no certificate'],
  [{ registry: null }, 'no list of nodes'],
  [{ registry: { nextId: 2, users: [], nodes: [null] } }, 'no list of nodes'],
  [{ registry: { nextId: 2, users: [], nodes: [{ ...node, machine: 5 }] } }, 'no list of nodes'],
  [{ authKeys: undefined }, 'no list of auth keys'],
  [{ authKeys: [null] }, 'no list of auth keys'],
])('F10: a state with %j is refused, and no other tailnet takes its place', async (change, said) => {
  const disk = new Disk();
  await disk.set('devnet', JSON.stringify({ version: 1, ...whole, ...change }));
  const read = (): unknown => readSaved(disk);
  expect(read).toThrow(expect.objectContaining({ code: 'HEDDLE_DEVNET_STATE', message: expect.stringContaining(said) }));
});
