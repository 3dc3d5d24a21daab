// @ts-check
// The lab's control server proves itself with Tailscale's own clients, before it judges ours.
import assert from 'node:assert/strict';
import { until } from '../lib/wait.mjs';
import { answers, ONE_PORT, OTHER_PORT, transfersBothWays, twoClients, WEB_PORT, web } from '../stories/control.mjs';

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'control-itself-traffic',
    says: 'two tailscaled, one with TUN, join the control server, see each other online, find a direct path, and move 10 MB each way',
    async run(lab) {
      const { a, b } = await twoClients(lab);
      assert.equal(await a.pingDirectly('b'), '10.77.0.12:41641');
      const [webA, webB] = [await web(a), await web(b)];
      await transfersBothWays(webA, webB, await b.address(), WEB_PORT);
      await transfersBothWays(webB, webA, await a.address(), WEB_PORT);
      assert.equal((await a.whois(await b.address())).Node.Name, 'b.lab.example.com.');
    },
  },
  {
    id: 'control-itself-changes',
    says: 'a real tailscaled follows the control server: a peer renamed, expired, restored and deleted; its own key expired',
    async run(lab) {
      const { control, a, b } = await twoClients(lab);
      await control.ask('POST', '/nodes/b/rename?to=c');
      await a.peer('c');
      await control.ask('POST', '/nodes/c/expire');
      await a.peer('c', (peer) => peer.Expired === true);
      await until(lab, 'b wants a login', async () => (await b.local('status')).BackendState === 'NeedsLogin');
      await control.ask('DELETE', '/nodes/c/expire');
      await a.peer('c', (peer) => peer.Expired !== true);
      await control.ask('DELETE', '/nodes/c');
      await until(lab, 'a has no peers', async () => (await a.peers()).length === 0);
    },
  },
  {
    id: 'control-itself-filter',
    says: 'a real tailscaled follows the packet filter: one port open, then all',
    async run(lab) {
      const { control, a, b } = await twoClients(lab);
      const [webA, webB] = [await web(a), await web(b)];
      for (const port of [WEB_PORT, OTHER_PORT]) await webB.listen(port, 100);
      const url = (/** @type {number} */ port) => `http://${bAddress}:${port}/`;
      const bAddress = await b.address();
      assert.equal((await webA.get(url(OTHER_PORT))).bytes, 100);
      await control.overlay('PacketFilter', ONE_PORT);
      await until(lab, 'b has the new filter', async () => !(await answers(webA, url(OTHER_PORT))));
      assert.equal((await webA.get(url(WEB_PORT))).bytes, 100);
      await control.ask('DELETE', '/overlay/*/PacketFilter');
      await until(lab, 'b has the old filter', () => answers(webA, url(OTHER_PORT)));
    },
  },
  {
    id: 'control-itself-restart',
    says: 'the control server is killed and started again: real clients keep their path meanwhile and their identity afterwards',
    async run(lab) {
      const { control, a, b } = await twoClients(lab);
      await a.pingDirectly('b');
      const before = await control.nodes();
      await control.kill();
      assert.equal(await a.pingDirectly('b'), '10.77.0.12:41641');
      await control.start();
      const kept = await control.nodes();
      assert.deepEqual(
        kept.map(({ ID, Key, Name }) => ({ ID, Key, Name })),
        before.map(({ ID, Key, Name }) => ({ ID, Key, Name })),
      );
      await b.restart();
      await b.peer('a');
      assert.equal((await control.nodes()).length, 2);
    },
  },
];
