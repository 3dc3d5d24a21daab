// @ts-check
// heddle-devnet before Tailscale's own clients.
import assert from 'node:assert/strict';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';
import { devnetSite, KEY } from '../stories/devnet.mjs';

/** Nothing but the site's centre is reached over UDP: only the relay is left. */
const NO_UDP = `table inet relayed {
  chain out { type filter hook output priority 0; ip daddr 10.77.0.1 accept; oifname "eth0" meta l4proto udp drop; }
}`;

/** @param {import('../lib/namespace.mjs').Namespace} host */
const cutUdp = (host) => host.exec(['nft', NO_UDP]);
/** @param {import('../lib/namespace.mjs').Namespace} host */
const healUdp = (host) => host.exec(['nft', 'delete table inet relayed']);

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'devnet-tailscaled',
    says: 'two real tailscaled join heddle-devnet, see each other, and ping by its relay, then directly; it is killed and they keep their path, then their identity',
    async run(lab) {
      const { hosts, control } = await devnetSite(lab, ['a', 'b']);
      await Promise.all([cutUdp(hosts.a), cutUdp(hosts.b)]);
      const a = await tailscaled(hosts.a, { control, authKey: KEY });
      const b = await tailscaled(hosts.b, { control, authKey: KEY, tun: true });
      await a.peer('b', (peer) => peer.Online);
      await b.peer('a', (peer) => peer.Online);
      assert.match(await a.cli('ping', '-c', '1', '--timeout=10s', '--until-direct=false', 'b'), /pong from b .* via DERP\(devnet\)/);
      await Promise.all([healUdp(hosts.a), healUdp(hosts.b)]);
      assert.equal(await a.pingDirectly('b'), '10.77.0.12:41641');
      const before = await Promise.all([a.address(), b.address()]);
      await control.kill();
      assert.equal(await a.pingDirectly('b'), '10.77.0.12:41641');
      await control.start();
      await b.restart();
      await a.peer('b', (peer) => peer.Online);
      await until(lab, 'both have a path again', async () => (await a.pingDirectly('b').catch(() => '')) === '10.77.0.12:41641');
      assert.deepEqual(await Promise.all([a.address(), b.address()]), before);
    },
  },
  {
    id: 'devnet-join',
    says: 'our node and a real tailscaled in heddle-devnet: they see each other, our node survives a restart of the devnet with its identity',
    async run(lab) {
      const { hosts, control } = await devnetSite(lab, ['a', 'b']);
      const theirs = await tailscaled(hosts.a, { control, authKey: KEY });
      const ours = await tailnetNode(hosts.b, { control, authKey: KEY });
      await ours.running();
      await ours.peer('a', (peer) => peer.online === true);
      await theirs.peer('b', (peer) => peer.Online);
      const before = await ours.address();
      await control.kill();
      await control.start();
      await theirs.peer('b', (peer) => peer.Online);
      await ours.peer('a', (peer) => peer.online === true);
      assert.equal(await ours.address(), before);
    },
  },
];
