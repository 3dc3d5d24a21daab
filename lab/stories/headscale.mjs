// @ts-check
// Headscale, and what is changed on its command line.

import { derper } from '../lib/derper.mjs';
import { headscale, USER } from '../lib/headscale.mjs';
import { CENTRE, network } from '../lib/site.mjs';
import { until } from '../lib/wait.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/headscale.mjs').Headscale} Headscale
 * @typedef {import('../lib/tailnet-node.mjs').TailnetNode} TailnetNode
 * @typedef {import('../lib/tailscaled.mjs').Tailscaled} Tailscaled
 * @typedef {import('../lib/tailscaled.mjs').PeerStatus} PeerStatus
 * @typedef {import('../lib/tailnet-node.mjs').NetmapPeer} NetmapPeer
 *
 * @typedef {object} Change of the node that is called c at first
 * @property {string} says
 * @property {string} name of the node afterwards
 * @property {(server: Headscale) => Promise<unknown>} make
 * @property {(peer: PeerStatus) => boolean} theirs whether a real client has seen it
 * @property {(peer: NetmapPeer) => boolean} ours
 */

const ROUTE = '10.99.0.0/24';
/** Not shorter: releases before 0.27 refuse a single letter. */
export const RENAMED = 'dd';
const TAG = 'tag:web';
const EVERYTHING = { action: 'accept', src: ['*'], dst: ['*:*'] };
const TAGGED = { tagOwners: { [TAG]: [`${USER}@`] }, acls: [EVERYTHING] };

/** @type {readonly Change[]} */
export const CHANGES = [
  {
    says: 'it joined',
    name: 'c',
    make: async () => {},
    theirs: () => true,
    ours: () => true,
  },
  {
    says: 'its route is approved',
    name: 'c',
    make: (server) => server.change('approve-routes', 'c', '-r', ROUTE),
    theirs: ({ PrimaryRoutes }) => PrimaryRoutes?.includes(ROUTE) === true,
    ours: ({ allowedIps, offeredRoutes = [] }) => [...allowedIps, ...offeredRoutes].includes(ROUTE),
  },
  {
    says: 'its route is approved no more',
    name: 'c',
    make: (server) => server.change('approve-routes', 'c', '-r', ''),
    theirs: ({ PrimaryRoutes }) => PrimaryRoutes === undefined,
    ours: ({ allowedIps, offeredRoutes = [] }) => ![...allowedIps, ...offeredRoutes].includes(ROUTE),
  },
  {
    says: 'it is renamed',
    name: RENAMED,
    make: (server) => server.change('rename', 'c', RENAMED),
    theirs: () => true,
    ours: () => true,
  },
  {
    says: 'it is tagged',
    name: RENAMED,
    make: async (server) => {
      await server.policy(TAGGED);
      // The file is read again a moment after the signal.
      await until(server.host.lab, 'the tag is allowed', () =>
        server.change('tag', RENAMED, '-t', TAG).then(
          () => true,
          () => false,
        ),
      );
    },
    theirs: ({ Tags = [] }) => Tags.includes(TAG),
    ours: ({ tags = [] }) => tags.includes(TAG),
  },
  {
    says: 'it has expired',
    name: RENAMED,
    make: (server) => server.change('expire', RENAMED),
    theirs: ({ Expired }) => Expired === true,
    ours: ({ expired }) => expired === true,
  },
];

/**
 * One network with Headscale and a relay.
 * @template {string} Name
 * @param {Lab} lab
 * @param {readonly Name[]} names of the hosts
 */
export async function headscaleSite(lab, names) {
  const { centre, hosts } = await network(lab, names);
  await derper(centre, CENTRE);
  return { hosts, server: await headscale(centre, CENTRE) };
}

/** The node's addresses, without lengths. @param {TailnetNode} node */
export async function addressesAt(node) {
  return (await node.netmap()).addresses.map((address) => address.split('/')[0]);
}

/**
 * What somebody does who is shown a login URL.
 * @param {Headscale} server
 * @param {string} url
 */
export function approveLogin(server, url) {
  const id = new URL(url).pathname.split('/').at(-1) ?? '';
  return server.cli('auth', 'register', '--user', USER, '--auth-id', id).catch((error) => {
    if (!String(error).includes('unknown command')) throw error;
    return server.cli('nodes', 'register', '--user', USER, '--key', id);
  });
}

/** A policy that opens one port of everybody. @param {number} port */
export function onlyPort(port) {
  return { acls: [{ ...EVERYTHING, dst: [`*:${port}`] }] };
}

/**
 * Both see a change, and say the same of the node's name, addresses and OS.
 * @param {Lab} lab
 * @param {{ ours: TailnetNode, theirs: Tailscaled }} watchers
 * @param {Change} change
 */
export async function seenAlike(lab, { ours, theirs }, change) {
  await until(lab, `both see alike: ${change.says}`, async () => {
    const known = (await ours.netmap()).peers.find(({ name }) => name.split('.')[0] === change.name);
    const seen = (await theirs.peers()).find(({ DNSName }) => DNSName.split('.')[0] === change.name);
    if (known === undefined || seen === undefined || !change.ours(known) || !change.theirs(seen)) return false;
    const mine = JSON.stringify([`${known.name}.`, known.addresses, known.os]);
    return mine === JSON.stringify([seen.DNSName, seen.TailscaleIPs, seen.OS]);
  });
}
