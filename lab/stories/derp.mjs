// @ts-check
// Nodes that reach each other only through relays.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { derper, REGION } from '../lib/derper.mjs';
import { relayNode } from '../lib/relay-node.mjs';
import { site } from '../lib/site.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';
import { KEY } from './control.mjs';
import { acquainted, mate, reaches } from './mate.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 * @typedef {import('./mate.mjs').MateKind} MateKind
 */

export const INNER = { a: '10.66.0.1', b: '10.66.0.2' };
/** Where the hosts r1 and r2 are, which have a relay each. */
export const RELAYS = ['10.77.0.13', '10.77.0.14'];

/**
 * A region as a node of ours is told of it.
 * @param {number} id
 * @param {readonly string[]} addresses of its relays
 * @param {object} [more] of each relay
 */
export function region(id, addresses, more = { insecureForTests: true }) {
  const nodes = addresses.map((address, n) => ({ name: `${id}${'ab'[n]}`, hostName: address, ipv4: address, ipv6: 'none', ...more }));
  return { id, code: `lab-${id}`, name: `Lab ${id}`, nodes };
}

/**
 * Hosts a and b, and two relays on hosts of their own.
 * @param {Lab} lab
 */
export async function hostsAndRelays(lab) {
  const made = await site(lab, ['a', 'b', 'r1', 'r2']);
  const { r1, r2 } = made.hosts;
  const relays = [await derper(r1, RELAYS[0] ?? ''), await derper(r2, RELAYS[1] ?? '')];
  return { ...made, relays };
}

/**
 * Two nodes of ours with static control, which know each other by their keys on a relay.
 * @param {{ a: Namespace, b: Namespace }} hosts
 * @param {object} settings regions, and what else the script takes
 */
export async function relayedPair(hosts, settings) {
  const keys = { a: newKeyPair(), b: newKeyPair() };
  const one = (/** @type {'a' | 'b'} */ me, /** @type {'a' | 'b'} */ other) => {
    const peer = { publicKey: keys[other].public, allowedIps: [INNER[other]], endpoint: `derp:${REGION}/${keys[other].public}` };
    const config = { privateKey: keys[me].private, addresses: [`${INNER[me]}/24`], mtu: 1280, peers: [peer] };
    return relayNode(hosts[me], { config, ...settings });
  };
  return { a: await one('a', 'b'), b: await one('b', 'a') };
}

/**
 * Waits until both live at a relay: what is sent before to a node that no relay has seen is lost, and WireGuard repeats it after five seconds.
 * @param {Awaited<ReturnType<typeof relayedPair>>} pair
 */
export async function homed(pair) {
  for (const node of Object.values(pair))
    await until(node.host.lab, `${node.host.role} has a home`, async () => (await node.request('home')) ?? undefined);
  return pair;
}

/**
 * Two hosts and a control server that knows two regions, where no UDP goes anywhere.
 * @param {Lab} lab
 */
export async function besideTailscaled(lab) {
  const flags = ['-auth-key', KEY, '-derp-map', await twoRegionsFile(lab)];
  const made = await site(lab, ['a', 'b', 'r1', 'r2'], { flags });
  const { a, b, r1, r2 } = made.hosts;
  for (const host of [a, b]) await dropUdp(host);
  const relays = [await derper(r1, RELAYS[0] ?? ''), await derper(r2, RELAYS[1] ?? '')];
  return { ...made, relays };
}

/**
 * Two nodes with nothing but the relays of two regions, whoever made them, once they have met; and the relay where the second lives. The first
 * lives at the other one: a tailscaled does not leave a relay that has fallen silent for half a minute and more.
 * @param {Lab} lab
 * @param {{ left: MateKind, right: MateKind }} kinds
 */
export async function relayedMates(lab, { left, right }) {
  const { hosts, relays, control } = await besideTailscaled(lab);
  const options = { control, authKey: KEY };
  for (const [n, host] of [hosts.b, hosts.a].entries()) await host.nft(withoutRelay(RELAYS[1 - n] ?? ''));
  const [a, b] = await Promise.all([mate(left, hosts.a, options), mate(right, hosts.b, options)]);
  await acquainted([a, b]);
  for (const host of [hosts.a, hosts.b]) await host.nft('delete table inet without');
  await reaches(a, b, 10_000);
  const moved = () => until(lab, 'its home is the other one', async () => (await control.node(b.name)).HomeDERP === REGION + 1);
  return { a, b, relay: relays[0], place: hosts.r1, moved };
}

/** @param {string} address of a relay that a host does not reach */
function withoutRelay(address) {
  return `table inet without { chain out { type filter hook output priority 0; ip daddr ${address} reject; }; }`;
}

/**
 * From now on no UDP enters or leaves the host.
 * @param {Namespace} host
 */
async function dropUdp(host) {
  await host.nft(`
    table inet no_udp {
      chain in { type filter hook input priority 0; iifname "eth0" meta l4proto udp drop; }
      chain out { type filter hook output priority 0; oifname "eth0" meta l4proto udp drop; }
    }
  `);
}

/**
 * From now on the host neither hears nor says anything: its connections stay open for those at their other ends.
 * @param {Namespace} host
 */
export async function silence(host) {
  await host.nft(`
    table inet silence {
      chain in { type filter hook input priority 0; iifname "eth0" drop; }
      chain out { type filter hook output priority 0; oifname "eth0" drop; }
    }
  `);
}

/**
 * What a derper says of the certificate that it made for itself.
 * @param {import('../lib/process.mjs').Process | undefined} relay
 */
export async function certificateHash(relay) {
  const hash = /sha256-raw:([0-9a-f]{64})/.exec((await relay?.log()) ?? '')?.[1];
  assert.ok(hash, 'derper does not tell the hash of its certificate');
  return hash;
}

/**
 * A file with the DERPMap of two regions, one relay each.
 * @param {Lab} lab
 */
export async function twoRegionsFile(lab) {
  const entries = RELAYS.map((address, n) => {
    const id = REGION + n;
    const node = { Name: `${id}a`, RegionID: id, HostName: address, IPv4: address, IPv6: 'none', DERPPort: 443, InsecureForTests: true };
    return [id, { RegionID: id, RegionCode: `lab${n}`, RegionName: `Lab ${n}`, Nodes: [node] }];
  });
  const path = lab.path('two-regions.json');
  await writeFile(path, JSON.stringify({ OmitDefaultRegions: true, Regions: Object.fromEntries(entries) }));
  return path;
}
