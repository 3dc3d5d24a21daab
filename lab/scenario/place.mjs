// @ts-check
// Where a node of a scenario is: its host, its NAT, and what may happen to them.
import { CENTRE, hostIn, PORT, routerIn } from '../lib/internet.mjs';
import { addAddresses, defaultRoute } from '../lib/link.mjs';
import { forgetMappings, natRouter } from '../lib/nat.mjs';

/**
 * @typedef {import('../../packages/simulation/src/scenario/scenario.js').HostDisturbance} HostDisturbance
 * @typedef {import('../../packages/simulation/src/scenario/scenario.js').NodePlan} NodePlan
 * @typedef {import('../lib/internet.mjs').Net} Net
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 *
 * @typedef {object} Place
 * @property {Namespace} host
 * @property {Namespace} [router] its NAT
 * @property {Net} net where its cable ends, at the port `to-LAST` of the bridge
 * @property {number} last part of its address outside
 */

const KINDS = /** @type {const} */ ({ 'full cone': 'full', 'port restricted': 'restricted', symmetric: 'symmetric' });
const FIRST = 11;
/** After a move. */
const MOVED = 50;

/**
 * @param {Net} net
 * @param {string} name
 * @param {number} number from 0, another for each
 * @param {NodePlan} plan
 * @returns {Promise<Place>}
 */
export async function makePlace(net, name, number, { nat = 'none', blocked = false }) {
  const last = FIRST + number;
  const place = nat === 'none' ? { host: await hostIn(net, name, last), net, last } : await behindNat(net, name, last, nat);
  if (blocked) await disturbances['block-udp'](place);
  return place;
}

/**
 * @param {Net} net
 * @param {string} name
 * @param {number} last
 * @param {NonNullable<NodePlan['nat']>} nat
 */
async function behindNat(net, name, last, nat) {
  if (nat === 'none' || nat === 'double') throw new Error(`the lab plays no scenario with NAT ${nat}`);
  const inside = await routerIn(net, `${name}-nat`, { last, inside: `10.78.${last}` });
  await natRouter(inside.router, KINDS[nat], { outside: 'outside', inside: `${inside.prefix}.2`, port: PORT });
  return { host: await hostIn(inside, name, 2), router: inside.router, net, last };
}

/** Of the cable between a place and the internet. @param {Place} place */
const ends = ({ host, router, net, last }) => [
  { at: net.router, device: `to-${last}` },
  router === undefined ? { at: host, device: 'eth0' } : { at: router, device: 'outside' },
];

/** Rules for what comes in at a device. @param {string} table @param {string} device @param {string} rule */
const silence = (table, device, rule) =>
  `table netdev ${table} { chain c { type filter hook ingress device "${device}" priority 0; ${rule}; }; }`;

/** @type {Record<HostDisturbance['do'], (place: Place) => Promise<unknown>>} */
export const disturbances = {
  // What leaves is dropped behind the cable: a rule of the host itself would answer each sender with EPERM.
  'block-udp': async ({ host, net, last, router }) => {
    await host.nft(silence('no_udp', 'eth0', 'meta l4proto udp drop'));
    const behind = router === undefined ? { at: net.router, device: `to-${last}` } : { at: router, device: 'to-2' };
    await behind.at.nft(silence('no_udp', behind.device, 'meta l4proto udp drop'));
  },
  'allow-udp': async ({ host, net, router }) => {
    for (const at of [host, router ?? net.router]) await at.nft('delete table netdev no_udp');
  },
  // Dropped at both ends as it arrives: no carrier is lost, so nobody is told.
  cut: (place) => Promise.all(ends(place).map(({ at, device }) => at.nft(silence('cable', device, 'drop')))),
  mend: (place) => Promise.all(ends(place).map(({ at }) => at.nft('delete table netdev cable'))),
  move: async ({ host, net, router, last }) => {
    const [at, device] = router === undefined ? [host, 'eth0'] : [router, 'outside'];
    await at.ip('addr', 'del', `${net.prefix}.${last}/24`, 'dev', device);
    await addAddresses(at, device, [`${net.prefix}.${last + MOVED}/24`]);
    await defaultRoute(at, CENTRE);
  },
  'reboot-nat': async ({ router }) => {
    if (router === undefined) return;
    await router.nft(
      'flush chain inet nat out; add rule inet nat out oifname "outside" meta l4proto udp masquerade to :30000-30999; add rule inet nat out oifname "outside" masquerade',
    );
    await forgetMappings(router);
  },
  link: async () => {
    throw new Error('the lab plays no scenario that changes a link');
  },
};
