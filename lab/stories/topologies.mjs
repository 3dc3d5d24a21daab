// @ts-check
// Networks that are more than a NAT on each side, and two nodes that meet in them.
import { addIPv6, hostIn, hostIn6, internet, internet6, internet46, PORT, placed, routerIn } from '../lib/internet.mjs';
import { miniupnpd } from '../lib/miniupnpd.mjs';
import { hairpinRouter, natRouter } from '../lib/nat.mjs';
import { until } from '../lib/wait.mjs';
import { KEY } from './control.mjs';
import { acquainted, mate, reaches } from './mate.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 * @typedef {import('./mate.mjs').MateKind} MateKind
 * @typedef {{ control: { readonly url: string }, a: Namespace, b: Namespace, ports?: readonly [number, number], ready?: () => Promise<unknown> }} Topology
 */

/** Two nodes of one LAN have different ports, so that their NAT can give both away. */
const PORTS = /** @type {const} */ ([PORT, PORT + 1]);
const CARRIER = { last: 31, address: '11.77.0.31', inside: '10.79.1' };

/** Host a behind a NAT behind a carrier's NAT, host b behind one. @param {Lab} lab @returns {Promise<Topology>} */
export async function doubleNat(lab) {
  const { net, control } = await internet(lab, { authKey: KEY });
  const carrier = await routerIn(net, 'carrier', CARRIER);
  await natRouter(carrier.router, 'restricted', { outside: 'outside', inside: '', port: PORT });
  const a = await placed(carrier, { name: 'a', kind: 'restricted', number: 1 });
  return { control, a, b: await placed(net, { name: 'b', kind: 'restricted', number: 2 }) };
}

/** Hosts behind NATs of their own, behind one carrier whose outer address is the only one that they have in common. @param {Lab} lab @returns {Promise<Topology>} */
export async function hairpin(lab) {
  const { net, control } = await internet(lab, { authKey: KEY });
  const carrier = await routerIn(net, 'carrier', CARRIER);
  const [first, second] = [1, 2];
  const ports = new Map([
    [PORTS[0], `${CARRIER.inside}.${10 + first}`],
    [PORTS[1], `${CARRIER.inside}.${10 + second}`],
  ]);
  await hairpinRouter(carrier.router, { outside: 'outside', address: CARRIER.address, inside: `${CARRIER.inside}.0/24`, ports });
  const a = await placed(carrier, { name: 'a', kind: 'restricted', number: first });
  return { control, a, b: await placed(carrier, { name: 'b', kind: 'restricted', number: second }), ports: PORTS };
}

/** Hosts of one LAN behind one NAT. @param {Lab} lab @returns {Promise<Topology>} */
export async function sameLan(lab) {
  const { net, control } = await internet(lab, { authKey: KEY });
  const lan = await routerIn(net, 'lan', CARRIER);
  await natRouter(lan.router, 'restricted', { outside: 'outside', inside: '', port: PORT });
  return { control, a: await hostIn(lan, 'a', 11), b: await hostIn(lan, 'b', 12), ports: PORTS };
}

/** Both have addresses of IPv4 and of IPv6, and nothing that is sent over IPv4 arrives at the first. @param {Lab} lab @returns {Promise<Topology>} */
export async function brokenIPv4(lab) {
  const { net, control } = await internet46(lab, { authKey: KEY, controlBy: 6 });
  const [a, b] = [await hostIn(net, 'a', 11), await hostIn(net, 'b', 12)];
  await addIPv6(a, 11);
  await addIPv6(b, 12);
  await a.nft('table inet broken { chain in { type filter hook input priority 0; iifname "eth0" meta nfproto ipv4 drop; }; }');
  return { control, a, b };
}

/** No IPv4 anywhere. @param {Lab} lab @returns {Promise<Topology>} */
export async function ipv6Only(lab) {
  const { centre, control } = await internet6(lab, { authKey: KEY });
  return { control, a: await hostIn6(centre, 'a', 11), b: await hostIn6(centre, 'b', 12) };
}

/** Both behind symmetric NATs, of which the first gives ports away. @param {Lab} lab @returns {Promise<Topology>} */
export async function mappedPort(lab) {
  const { net, control } = await internet(lab, { authKey: KEY });
  const inside = await routerIn(net, 'a-nat', { last: 11, inside: '10.78.1' });
  await miniupnpd(inside.router, { outside: 'outside', inside: 'inside', symmetric: true });
  const a = await hostIn(inside, 'a', 2);
  const given = async () => (await inside.router.exec(['nft', 'list', 'table', 'inet', 'filter'])).includes(`${inside.prefix}.2:${PORT}`);
  const ready = () => until(lab, 'a port is given away', given, { every: 100 });
  return { control, a, b: await placed(net, { name: 'b', kind: 'symmetric', number: 2 }), ready };
}

/**
 * Two nodes in such a network, once they have met.
 * @param {Lab} lab
 * @param {Topology} topology
 * @param {{ left: MateKind, right: MateKind }} kinds
 */
export async function pairIn(lab, { control, a: hostA, b: hostB, ports = [PORT, PORT], ready }, { left, right }) {
  const options = { control, authKey: KEY };
  const [a, b] = await Promise.all([mate(left, hostA, { ...options, port: ports[0] }), mate(right, hostB, { ...options, port: ports[1] })]);
  await acquainted([a, b]);
  await ready?.();
  lab.note(`first answer after ${Math.round(await reaches(a, b, 5_000))} ms`);
  return { a, b };
}
