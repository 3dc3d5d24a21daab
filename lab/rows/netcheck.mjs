// @ts-check
// How a node of ours learns how others see it: STUN by Tailscale's relay, a port by MiniUPnPd.
import assert from 'node:assert/strict';
import { derper } from '../lib/derper.mjs';
import { cable, defaultRoute } from '../lib/link.mjs';
import { miniupnpd } from '../lib/miniupnpd.mjs';
import { namespace } from '../lib/namespace.mjs';
import { forgetMappings, masquerade, udpMappings } from '../lib/nat.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';

const PORT = 41_641;
/** MiniUPnPd gives nothing away of an address that is not a public one, so outside is 11/8, in namespaces. */
const OUTSIDE = { nat: '11.77.0.1', relay: '11.77.0.2' };
const INSIDE = { nat: '10.78.0.1', node: '10.78.0.2' };
const RELAY_NODE = { name: '900a', hostName: OUTSIDE.relay, ipv4: OUTSIDE.relay, ipv6: 'none' };
const REGION = { id: 900, code: 'lab', name: 'Lab', nodes: [RELAY_NODE] };

const SHUFFLED_PORTS = `
  table inet shuffle {
    chain out { type nat hook postrouting priority 90; oifname "outside" masquerade random; }
  }
`;
const NO_UDP = `
  table inet blocked {
    chain out { type filter hook output priority 0; meta l4proto udp drop; }
  }
`;

/**
 * A node behind a NAT, with a derper outside.
 * @param {import('../lib/lab.mjs').Lab} lab
 */
async function behindNat(lab) {
  const [a, nat, relay] = [await namespace(lab, 'a'), await namespace(lab, 'nat'), await namespace(lab, 'relay')];
  await cable(
    { host: a, device: 'eth0', addresses: [`${INSIDE.node}/24`] },
    { host: nat, device: 'inside', addresses: [`${INSIDE.nat}/24`] },
  );
  await cable(
    { host: nat, device: 'outside', addresses: [`${OUTSIDE.nat}/24`] },
    { host: relay, device: 'eth0', addresses: [`${OUTSIDE.relay}/24`] },
  );
  await defaultRoute(a, INSIDE.nat);
  await derper(relay, OUTSIDE.relay);
  return { a, nat, relay };
}

/** @param {import('../lib/namespace.mjs').Namespace} host */
async function stunNode(host) {
  const config = { privateKey: newKeyPair().private, addresses: ['10.66.0.1/24'], peers: [] };
  const env = { HEDDLE_LAB: JSON.stringify({ config, port: PORT, regions: [REGION] }) };
  const { channel, process: running } = await nodeProcess(host, 'stun-node.mjs', { env });
  /** @type {(kind: string) => Promise<string | undefined>} */
  const told = async (kind) => {
    const endpoints = await channel.request('endpoints');
    return endpoints.find((/** @type {{ kind: string }} */ each) => each.kind === kind)?.text;
  };
  return { told, request: channel.request.bind(channel), running };
}

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'netcheck-E9-stun',
    says: 'E7 E9: STUN of a real derper tells the place that an nft NAT made; after the NAT forgot it, a look again tells the new one',
    async run(lab) {
      const { a, nat } = await behindNat(lab);
      await masquerade(nat, { outside: 'outside', udpTimeout: 30 });
      // As a NAT that does not keep ports, so that the place is none that could be guessed.
      await nat.nft(SHUFFLED_PORTS);
      const node = await stunNode(a);
      const place = await until(lab, 'STUN tells a place', () => node.told('stun'));
      const [address, port] = place.replace('udp:', '').split(':');
      assert.equal(address, OUTSIDE.nat);
      const mapping = (await udpMappings(nat)).find((line) => line.includes(`sport=${PORT}`) && line.includes(`dport=${port}`));
      assert.ok(mapping, `conntrack has no mapping of ${place}`);
      const report = await node.request('check');
      assert.deepEqual(
        { udp: report.udp, ipv4: report.ipv4, ipv6: report.ipv6, hairpin: report.hairpin },
        { udp: true, ipv4: true, ipv6: false, hairpin: false },
      );
      assert.equal(report.latencies[0][0], REGION.id);
      lab.note(`${place}, ${report.latencies[0][1].best.toFixed(1)} ms`);
      await forgetMappings(nat);
      await node.request('poke');
      await until(lab, 'another place is told', async () => ![place, undefined].includes(await node.told('stun')), { deadline: 7_000 });
    },
  },
  {
    id: 'netcheck-E8-blocked',
    says: 'E8: where UDP is dropped, netcheck says so within five seconds',
    async run(lab) {
      const { a } = await behindNat(lab);
      await a.nft(NO_UDP);
      const node = await stunNode(a);
      const { udp, asked } = await node.request('check');
      assert.deepEqual({ udp, asked }, { udp: false, asked: 1 });
    },
  },
  {
    id: 'netcheck-port-mapping',
    says: 'a port of MiniUPnPd is told and works from outside, and is given back when the node ends',
    async run(lab) {
      const { a, nat, relay } = await behindNat(lab);
      await miniupnpd(nat, { outside: 'outside', inside: 'inside' });
      const node = await stunNode(a);
      const place = await until(lab, 'a mapped place is told', () => node.told('mapped'), { deadline: 20_000 });
      const [address, port] = place.replace('udp:', '').split(':');
      assert.equal(address, OUTSIDE.nat);
      const { portMapping } = await node.request('check');
      assert.deepEqual(portMapping.mapped, { address, port: Number(port) });
      lab.note(`${place}, NAT-PMP ${portMapping.natPmp}, PCP ${portMapping.pcp}`);
      const sent = await relay.exec(['bash', '-c', `echo hello > /dev/udp/${address}/${port} && echo sent`]);
      assert.equal(sent.trim(), 'sent');
      const comesIn = async () =>
        (await udpMappings(nat)).some((line) => line.includes(`src=${OUTSIDE.relay}`) && line.includes(`src=${INSIDE.node}`));
      await until(lab, 'a datagram from outside goes in', comesIn);
      const redirects = async () => (await nat.exec(['nft', 'list', 'table', 'inet', 'filter'])).includes(`${INSIDE.node}:${PORT}`);
      assert.ok(await redirects());
      await node.request('close');
      await until(lab, 'the port is given back', async () => !(await redirects()));
    },
  },
];
