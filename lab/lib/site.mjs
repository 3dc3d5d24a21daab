// @ts-check
import { writeFile } from 'node:fs/promises';
import { controlServer } from './control-server.mjs';
import { derper, derpMap } from './derper.mjs';
import { bridge, cable, defaultRoute, joinBridge } from './link.mjs';
import { namespace } from './namespace.mjs';

/**
 * @typedef {import('./lab.mjs').Lab} Lab
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 *
 * @typedef {object} SiteOptions
 * @property {boolean} [relay] with a derper; none by default. A tailscaled runs only where there is one
 * @property {readonly string[]} [flags] of the control server
 */

/** Where the control server and the relay are. */
export const CENTRE = '10.77.0.1';
const BRIDGE = 'br0';
const FIRST_HOST = 11;

/**
 * One network with a control server, and hosts that have nothing but an address and a default route:
 *
 *   host 10.77.0.11 ─┐
 *   host 10.77.0.12 ─┼─ bridge 10.77.0.1: control :8080, relay :443, STUN :3478
 *
 * @template {string} Name
 * @param {Lab} lab
 * @param {readonly Name[]} names of the hosts
 * @param {SiteOptions} [options]
 */
export async function site(lab, names, { relay = false, flags = [] } = {}) {
  const { centre, hosts } = await network(lab, names);
  const relays = relay ? ['-derp-map', await derpMapFile(lab)] : [];
  const control = await controlServer(centre, { address: `${CENTRE}:8080`, flags: [...relays, ...flags] });
  return { lab, centre, hosts, control, relay: relay ? await derper(centre, CENTRE) : undefined };
}

/**
 * The same without any server.
 * @template {string} Name
 * @param {Lab} lab
 * @param {readonly Name[]} names of the hosts
 */
export async function network(lab, names) {
  const centre = await namespace(lab, 'net');
  await bridge(centre, BRIDGE, [`${CENTRE}/24`]);
  const hosts = /** @type {Record<Name, Namespace>} */ ({});
  for (const [n, name] of names.entries()) hosts[name] = await host(centre, name, `10.77.0.${FIRST_HOST + n}`);
  return { centre, hosts };
}

/**
 * @param {Namespace} centre
 * @param {string} name
 * @param {string} address
 */
async function host(centre, name, address) {
  const made = await namespace(centre.lab, name);
  await cable({ host: made, device: 'eth0', addresses: [`${address}/24`] }, { host: centre, device: `to-${name}` });
  await joinBridge(centre, BRIDGE, `to-${name}`);
  await defaultRoute(made, CENTRE);
  return made;
}

/** @param {Lab} lab */
async function derpMapFile(lab) {
  const path = lab.path('derp-map.json');
  await writeFile(path, JSON.stringify(derpMap(CENTRE)));
  return path;
}
