// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNode } from '@heddle/core';
import { bindRules, nodeHost, nodeTime, runRules } from '@heddle/testing';
import { smallUdp, smallUdpPlugin } from './small-udp.mjs';

runRules(test, bindRules, {
  host: nodeHost(process),
  overflows: true,
  make: () => ({ a: smallUdp(), b: smallUdp(), c: smallUdp(), time: nodeTime(process, 10) }),
});

test('a node takes it', async () => {
  const node = createNode({}, [smallUdpPlugin]);
  await node.start();
  assert.deepEqual(
    node.status().plugins.map(({ name, running }) => [name, running]),
    [['small-udp', true]],
  );
  await node.close();
});
