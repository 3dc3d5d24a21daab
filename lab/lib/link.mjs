// @ts-check
import { until } from './wait.mjs';

/**
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 * @typedef {object} End
 * @property {Namespace} host
 * @property {string} device
 * @property {readonly string[]} [addresses] with their prefix length: `10.77.0.1/24`
 */

/**
 * Lays a veth cable between two hosts.
 * @param {End} left
 * @param {End} right
 * @param {{ mtu?: number, offload?: boolean }} [options] without offload each frame is at most one MTU long and has its real checksum
 */
export async function cable(left, right, { mtu = 1500, offload = true } = {}) {
  await left.host.ip('link', 'add', left.device, 'type', 'veth', 'peer', 'name', right.device, 'netns', right.host.name);
  for (const end of [left, right]) {
    if (!offload) await end.host.exec(['ethtool', '-K', end.device, 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off']);
    await end.host.ip('link', 'set', end.device, 'mtu', String(mtu));
    await addAddresses(end.host, end.device, end.addresses ?? []);
    await end.host.ip('link', 'set', end.device, 'up');
  }
  for (const end of [left, right]) await carries(end);
}

/**
 * Until the kernel has noticed the carrier, which may take it a second, a program does not see the addresses; seeing them later it would take that for a change of network.
 * @param {End} end
 */
async function carries({ host, device }) {
  await until(host.lab, `${device} of ${host.role} carries`, async () =>
    (await host.ip('-o', 'link', 'show', 'dev', device)).includes('state UP'),
  );
}

/**
 * Gives an interface addresses that may be used at once (no duplicate detection for IPv6).
 * @param {Namespace} host
 * @param {string} device
 * @param {readonly string[]} addresses
 */
export async function addAddresses(host, device, addresses) {
  for (const address of addresses) await host.ip('addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : []));
}

/**
 * Makes a bridge; `cable` ends are put on it with `joinBridge`.
 * @param {Namespace} host
 * @param {string} device
 * @param {readonly string[]} [addresses]
 */
export async function bridge(host, device, addresses = []) {
  await host.ip('link', 'add', device, 'type', 'bridge', 'forward_delay', '0');
  await addAddresses(host, device, addresses);
  await host.ip('link', 'set', device, 'up');
}

/**
 * @param {Namespace} host
 * @param {string} bridgeDevice
 * @param {string} device
 */
export async function joinBridge(host, bridgeDevice, device) {
  await host.ip('link', 'set', device, 'master', bridgeDevice);
}

/**
 * @param {Namespace} host
 * @param {string} via
 */
export async function defaultRoute(host, via) {
  await host.ip('route', 'replace', 'default', 'via', via);
}
