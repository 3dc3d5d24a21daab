// @ts-check
import assert from 'node:assert/strict';
import { capture } from '../lib/capture.mjs';
import { namespace } from '../lib/namespace.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { ping } from '../lib/ping.mjs';
import { directly, OUTER } from '../lib/tunnel.mjs';
import { until } from '../lib/wait.mjs';

/** @typedef {import('../run.mjs').Row} Row */

/** @type {readonly Row[]} */
export const rows = [
  {
    id: 'lab-cable',
    says: 'two hosts with a cable reach each other over IPv4 and IPv6, and a capture sees it',
    async run(lab) {
      const { a, b } = await directly(lab);
      const seen = await capture(b, 'eth0', 'icmp');
      for (const address of [OUTER.b[4], OUTER.b[6]]) assert.equal((await ping(a, address, { count: 10 })).received, 10);
      await seen.seen(20);
    },
  },
  {
    id: 'lab-node-process',
    says: 'a script inside a host answers, tells events, reports errors with their code, and its end is noticed',
    async run(lab) {
      const host = await namespace(lab, 'a');
      const { channel, process } = await nodeProcess(host, 'echo-node.mjs');
      assert.deepEqual(await channel.request('echo', { x: 1 }), { x: 1 });
      assert.deepEqual(await channel.request('interfaces'), ['lo']);
      await channel.request('tell', { event: 'hello', data: 5 });
      assert.equal(await channel.event('hello'), 5);
      await assert.rejects(channel.request('fail'), { code: 'HEDDLE_ASKED' });
      await assert.rejects(channel.request('nothing'), /unknown method nothing/);
      await assert.rejects(channel.request('exit'), /has ended/);
      await until(lab, 'the runner sees the end', () => !process.running);
    },
  },
];
