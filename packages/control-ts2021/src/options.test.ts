import { expect, test } from 'vitest';
import { readOptions } from './options.js';
import { ts2021 } from './plugin.js';

test('without options the node would join Tailscale, with version 119', () => {
  expect(readOptions({})).toMatchObject({
    url: { text: 'https://controlplane.tailscale.com' },
    version: 119,
    ephemeral: false,
    tlsOnly: false,
    cache: true,
  });
});

test('one error lists every mistake, and repeats no secret', () => {
  const make = () =>
    ts2021({
      url: 'ftp://x',
      authKey: 'tskey with spaces',
      authKeyFile: '/x',
      tags: ['web', 'tag:ok'],
      capabilityVersion: 1.5,
      serverKey: 'nodekey:00',
      proxy: 'http//secret@proxy',
    });
  expect(make).toThrow(expect.objectContaining({ code: 'HEDDLE_TS2021_OPTIONS' }));
  const text = (() => {
    try {
      return String(make());
    } catch (error) {
      return String(error);
    }
  })();
  for (const part of ['url:', 'authKey, authKeyFile:', 'authKey: is empty', '"web"', '1.5', 'serverKey:', 'proxy:'])
    expect(text).toContain(part);
  expect(text).not.toMatch(/tskey|secret|tag:ok/);
});
