// @ts-check
// The same as in control.mjs with Headscale, where `HEADSCALE=<binary>` says where one is.
import assert from 'node:assert/strict';
import { HEADSCALE, USER } from '../lib/headscale.mjs';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';
import { answers, OTHER_PORT, ourWeb, WEB_PORT } from '../stories/control.mjs';
import { addressesAt, approveLogin, CHANGES, headscaleSite, onlyPort, RENAMED, seenAlike } from '../stories/headscale.mjs';

/** @typedef {import('../run.mjs').Row} Row */

/** Since 0.27 Headscale waits ten seconds for whoever ends a poll to come back, and calls a node offline only then. */
const GRACE = 10_000;
const OFFLINE_WITHIN = 3_000;

const absent = /** @type {Row} */ ({
  id: 'headscale-absent',
  says: 'no Headscale was here: set HEADSCALE to its binary to run these scenarios with it',
  run: async (lab) => lab.note('HEADSCALE is not set, nothing was run'),
});

const present = /** @type {readonly Row[]} */ ([
  {
    id: 'headscale-join-key',
    says: 'by a pre-auth key: our node, a real client and `headscale nodes list` agree; a restart keeps our identity; a close is seen within 3 s, or within 3 s of what Headscale makes a real client wait',
    seconds: 90,
    async run(lab) {
      const { hosts, server } = await headscaleSite(lab, ['a', 'b']);
      const authKey = await server.authKey();
      const theirs = await tailscaled(hosts.a, { control: server, authKey });
      const ours = await tailnetNode(hosts.b, { control: server, authKey });
      const fresh = await ours.running();
      const listed = await until(lab, 'Headscale lists us online', async () => {
        const node = await server.node('b');
        return node?.online === true && node;
      });
      const seen = await theirs.peer('b', (peer) => peer.Online);
      assert.deepEqual([seen.TailscaleIPs, seen.PublicKey, seen.OS], [listed.ipAddresses, listed.nodeKey, 'linux']);
      assert.deepEqual(await addressesAt(ours), listed.ipAddresses);
      const known = await ours.peer('a', (peer) => peer.online === true);
      const other = await server.node('a');
      assert.deepEqual([known.addresses, `nodekey:${known.nodeKey}`], [other?.ipAddresses, other?.nodeKey]);
      await ours.kill();
      await ours.start();
      const again = await ours.running();
      const { id, nodeKey, ipAddresses } = (await server.node('b')) ?? {};
      assert.deepEqual({ id, nodeKey, ipAddresses }, { id: listed.id, nodeKey: listed.nodeKey, ipAddresses: listed.ipAddresses });
      await until(lab, 'we are online again', async () => (await server.node('b'))?.online === true);
      await ours.close();
      const after = await untilOffline(lab, server, 'b');
      await theirs.peer('b', (peer) => !peer.Online);
      await theirs.process?.stop();
      const theirsAfter = await untilOffline(lab, server, 'a');
      assert.ok(
        after < Math.max(OFFLINE_WITHIN, theirsAfter + OFFLINE_WITHIN),
        `offline after ${after} ms, a real client after ${theirsAfter} ms`,
      );
      lab.note(`process start to Running ${Math.round(fresh)} ms, with kept state ${Math.round(again)} ms`);
      lab.note(`offline ${after} ms after the close, a real client ${theirsAfter} ms`);
    },
  },
  {
    id: 'headscale-join-login',
    says: 'without a key: the URL, approved on the command line of Headscale, and our node runs',
    async run(lab) {
      const { hosts, server } = await headscaleSite(lab, ['a']);
      const ours = await tailnetNode(hosts.a, { control: server });
      const { url = '' } = await until(lab, 'a login URL', async () => {
        const state = await ours.state('NeedsLogin');
        return state.url !== undefined && state;
      });
      await approveLogin(server, url);
      await ours.state('Running');
      assert.deepEqual(await addressesAt(ours), (await server.node('a'))?.ipAddresses);
      lab.note(`${new URL(url).pathname.split('/')[1]} approved for ${USER}`);
    },
  },
  {
    id: 'headscale-join-ephemeral',
    says: 'an ephemeral node of ours that closes is not listed any more; another one is',
    async run(lab) {
      const { hosts, server } = await headscaleSite(lab, ['a', 'b']);
      const short = await tailnetNode(hosts.a, { control: server, authKey: await server.authKey('--ephemeral'), ephemeral: true });
      const long = await tailnetNode(hosts.b, { control: server, authKey: await server.authKey() });
      for (const node of [short, long]) await node.running();
      for (const node of [short, long]) await node.close();
      await until(lab, 'only one is listed', async () => (await server.nodes()).map(({ givenName }) => givenName).join() === 'b');
    },
  },
  {
    id: 'headscale-changes',
    says: `${CHANGES.length} changes on the command line of Headscale reach our node as they reach a real client: name, expiry, routes, tags, deletion`,
    async run(lab) {
      const { hosts, server } = await headscaleSite(lab, ['a', 'b', 'c']);
      const authKey = await server.authKey();
      const ours = await tailnetNode(hosts.b, { control: server, authKey });
      await ours.running();
      const theirs = await tailscaled(hosts.a, { control: server, authKey });
      const other = await tailscaled(hosts.c, { control: server, authKey });
      await other.cli('set', '--advertise-routes=10.99.0.0/24');
      for (const change of CHANGES) {
        await change.make(server);
        await seenAlike(lab, { ours, theirs }, change);
      }
      await server.change('delete', RENAMED, '--force');
      await until(lab, 'the deleted node is gone for both', async () => {
        const peers = (await ours.netmap()).peers;
        return peers.length === 1 && (await theirs.peers()).length === 1;
      });
    },
  },
  {
    id: 'headscale-policy',
    says: 'A4: a change of the policy opens and shuts ports of our node, for another node of ours',
    async run(lab) {
      const { hosts, server } = await headscaleSite(lab, ['a', 'b']);
      const authKey = await server.authKey();
      const [one, other] = [
        await tailnetNode(hosts.a, { control: server, authKey }),
        await tailnetNode(hosts.b, { control: server, authKey }),
      ];
      for (const node of [one, other]) await node.running();
      await other.peer('a', (peer) => peer.endpoints.length > 0);
      await one.peer('b', (peer) => peer.endpoints.length > 0);
      const [inside, outside] = [ourWeb(one), ourWeb(other)];
      for (const port of [WEB_PORT, OTHER_PORT]) await inside.listen(port, 100);
      const address = await one.address();
      const open = (/** @type {number} */ port) => answers(outside, `http://${address}:${port}/`);
      await until(lab, 'both ports are open', async () => (await open(WEB_PORT)) && (await open(OTHER_PORT)));
      await server.policy(onlyPort(WEB_PORT));
      await until(lab, 'one is shut', async () => !(await open(OTHER_PORT)));
      assert.ok(await open(WEB_PORT));
    },
  },
]);

/**
 * Milliseconds until Headscale calls a node offline that has gone just now.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {import('../lib/headscale.mjs').Headscale} server
 * @param {string} name
 */
async function untilOffline(lab, server, name) {
  const began = performance.now();
  const isOffline = async () => (await server.node(name))?.online !== true;
  await until(lab, `Headscale lists ${name} offline`, isOffline, { deadline: GRACE + OFFLINE_WITHIN });
  return Math.round(performance.now() - began);
}

export const rows = HEADSCALE === '' ? [absent] : present;
