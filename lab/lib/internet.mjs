// @ts-check
import { writeFile } from 'node:fs/promises';
import { controlServer } from './control-server.mjs';
import { derper, derpMap } from './derper.mjs';
import { addAddresses, bridge, cable, defaultRoute, joinBridge } from './link.mjs';
import { namespace } from './namespace.mjs';
import { natRouter } from './nat.mjs';

/**
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 * @typedef {import('./nat.mjs').NatKind} NatKind
 *
 * @typedef {object} Net one network: what is in it has an address of the prefix, and the router for a way out
 * @property {Namespace} router
 * @property {string} device of the router, a bridge
 * @property {string} prefix of addresses, the router's ends with 1: `10.78.1`
 */

/** Addresses that are no private ones: MiniUPnPd gives nothing away of those. They never leave the namespaces. */
const OUTSIDE = '11.77.0';
/** Where the control server and the relay are. */
export const CENTRE = `${OUTSIDE}.1`;
const OUTSIDE6 = '2001:db8:77::';
const CENTRE6 = `${OUTSIDE6}1`;
/** The port of every node. */
export const PORT = 41_641;

/**
 * A network in which hosts and NATs are, and in its middle a control server and a relay with STUN.
 *
 *   host 11.77.0.x ──────────────────────┐
 *   host 10.78.n.2 ── NAT 11.77.0.10+n ──┼── bridge 11.77.0.1: control :8080, relay :443, STUN :3478
 *
 * @param {import('./lab.mjs').Lab} lab
 * @param {{ authKey: string, proof?: (relay: import('./process.mjs').Process) => Promise<object> }} options what the map says of how the relay proves itself
 */
export async function internet(lab, { authKey, proof }) {
  const centre = await namespace(lab, 'net');
  await bridge(centre, 'br0', [`${CENTRE}/24`]);
  const path = lab.path('derp-map.json');
  const relay = await derper(centre, CENTRE);
  await writeFile(path, JSON.stringify(derpMap(CENTRE, await proof?.(relay))));
  const control = await controlServer(centre, { address: `${CENTRE}:8080`, flags: ['-auth-key', authKey, '-derp-map', path] });
  return { lab, centre, control, relay, net: { router: centre, device: 'br0', prefix: OUTSIDE } };
}

/**
 * The same with IPv6 alone: the whole of it, its control server and its relay have no other address.
 * @param {import('./lab.mjs').Lab} lab
 * @param {{ authKey: string }} options
 */
export async function internet6(lab, { authKey }) {
  const centre = await namespace(lab, 'net');
  await bridge(centre, 'br0', [`${CENTRE6}/64`]);
  const path = lab.path('derp-map.json');
  await writeFile(path, JSON.stringify(derpMap(CENTRE6)));
  const control = await controlServer(centre, { address: `[${CENTRE6}]:8080`, flags: ['-auth-key', authKey, '-derp-map', path] });
  const relay = await derper(centre, CENTRE6);
  return { lab, centre, control, relay };
}

/**
 * The same with IPv4 and IPv6: the relay has an address of each, the control server one of them.
 * @param {import('./lab.mjs').Lab} lab
 * @param {{ authKey: string, controlBy?: 4 | 6 }} options
 */
export async function internet46(lab, { authKey, controlBy = 4 }) {
  const centre = await namespace(lab, 'net');
  await bridge(centre, 'br0', [`${CENTRE}/24`, `${CENTRE6}/64`]);
  const path = lab.path('derp-map.json');
  await writeFile(path, JSON.stringify(derpMap(CENTRE, { InsecureForTests: true, IPv6: CENTRE6 })));
  const address = controlBy === 4 ? `${CENTRE}:8080` : `[${CENTRE6}]:8080`;
  const control = await controlServer(centre, { address, flags: ['-auth-key', authKey, '-derp-map', path] });
  const relay = await derper(centre, CENTRE, { everywhere: true });
  return { lab, centre, control, relay, net: { router: centre, device: 'br0', prefix: OUTSIDE } };
}

/**
 * Gives a host an address of IPv6, and a way out by it.
 * @param {Namespace} host
 * @param {number} last part of its address
 */
export async function addIPv6(host, last) {
  await addAddresses(host, 'eth0', [`${OUTSIDE6}${last}/64`]);
  await defaultRoute(host, CENTRE6);
}

/**
 * A host where there is IPv6 alone.
 * @param {Namespace} centre
 * @param {string} name
 * @param {number} last part of its address
 */
export async function hostIn6(centre, name, last) {
  const host = await namespace(centre.lab, name);
  await cable({ host, device: 'eth0', addresses: [`${OUTSIDE6}${last}/64`] }, { host: centre, device: `to-${last}` });
  await joinBridge(centre, 'br0', `to-${last}`);
  await defaultRoute(host, CENTRE6);
  return host;
}

/**
 * A host in a network.
 * @param {Net} net
 * @param {string} name
 * @param {number} last part of its address
 */
export async function hostIn({ router, device, prefix }, name, last) {
  const host = await namespace(router.lab, name);
  await cable({ host, device: 'eth0', addresses: [`${prefix}.${last}/24`] }, { host: router, device: `to-${last}` });
  await joinBridge(router, device, `to-${last}`);
  await defaultRoute(host, `${prefix}.1`);
  return host;
}

/**
 * A router in a network, with a network of its own inside. It is no NAT yet.
 * @param {Net} net
 * @param {string} name
 * @param {{ last: number, inside: string }} options last part of its address outside, and the prefix inside
 * @returns {Promise<Net>}
 */
export async function routerIn({ router, device, prefix }, name, { last, inside }) {
  const made = await namespace(router.lab, name);
  await cable({ host: made, device: 'outside', addresses: [`${prefix}.${last}/24`] }, { host: router, device: `to-${last}` });
  await joinBridge(router, device, `to-${last}`);
  await defaultRoute(made, `${prefix}.1`);
  await bridge(made, 'inside', [`${inside}.1/24`]);
  return { router: made, device: 'inside', prefix: inside };
}

/**
 * A host behind a NAT of its own, or behind none.
 * @param {Net} net
 * @param {{ name: string, kind: NatKind, number: number }} place number: another for each host
 */
export async function placed(net, { name, kind, number }) {
  if (kind === 'none') return hostIn(net, name, 10 + number);
  const inside = await routerIn(net, `${name}-nat`, { last: 10 + number, inside: `10.78.${number}` });
  await natRouter(inside.router, kind, { outside: 'outside', inside: `${inside.prefix}.2`, port: PORT });
  return hostIn(inside, name, 2);
}
