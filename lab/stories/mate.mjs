// @ts-check
// A node of a tailnet that looks for paths, whoever made it.
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';
import { web, webOver } from './control.mjs';

/**
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 * @typedef {'ours' | 'theirs'} MateKind a Heddle node, or a tailscaled
 *
 * @typedef {object} Mate
 * @property {string} name
 * @property {Namespace} host
 * @property {string} address in the tailnet
 * @property {(address: string, timeout: number) => Promise<boolean>} ping whether a packet inside the tunnel came back in time
 * @property {(name: string) => Promise<string | undefined>} direct the place that its packets to a peer go to; undefined: by relay
 * @property {(name: string) => Promise<boolean>} relayed whether packets to a peer, or copies of them, go by relay
 * @property {(others: number) => Promise<boolean>} sees whether so many peers are there, each with a home relay
 * @property {() => Promise<import('./control.mjs').Web>} web a server and a client in the tailnet
 * @property {import('../lib/tailscaled.mjs').Tailscaled} [client] where it is a tailscaled
 * @property {import('../lib/tailnet-node.mjs').TailnetNode} [node] where it is one of ours
 * @property {() => Promise<unknown>} restart ends it as a crash would, and starts it again with its keys
 */

/** Milliseconds for the start of one of many on a busy machine: no row here is about it. */
const STARTS = 20_000;

/**
 * @param {MateKind} kind
 * @param {Namespace} host
 * @param {{ control: { readonly url: string }, authKey: string, port?: number }} options
 * @returns {Promise<Mate>}
 */
export function mate(kind, host, options) {
  return kind === 'ours' ? ourMate(host, options) : theirMate(host, options);
}

/**
 * @param {Namespace} host
 * @param {{ control: { readonly url: string }, authKey: string, port?: number, web?: { ca?: string[], proxy?: string } }} options
 */
export async function ourMate(host, options) {
  const node = await tailnetNode(host, { ...options, everywhere: true });
  await node.running(STARTS);
  return {
    node,
    host,
    name: node.name,
    address: await until(host.lab, `${node.name} has an address`, async () => (await node.address()) || undefined),
    ping: (/** @type {string} */ address, /** @type {number} */ timeout) =>
      node.request('ping', { address, timeout }, { deadline: timeout + 5_000 }).then(
        () => true,
        () => false,
      ),
    direct: async (/** @type {string} */ name) => /^udp:(.*)$/.exec((await node.path(name))?.ways[0] ?? '')?.[1],
    relayed: async (/** @type {string} */ name) => (await node.path(name))?.ways.some((way) => way.startsWith('derp:')) ?? false,
    sees: async (/** @type {number} */ others) => {
      const { peers } = await node.netmap();
      return peers.filter(({ homeRelay }) => homeRelay !== undefined).length === others;
    },
    web: async () => webOver(node),
    restart: async () => {
      await node.kill();
      await node.start();
    },
  };
}

/**
 * @param {Namespace} host
 * @param {{ control: { readonly url: string }, authKey: string, port?: number, tun?: boolean }} options
 */
export async function theirMate(host, options) {
  const client = await tailscaled(host, options);
  const named = async (/** @type {string} */ name) => (await client.peers()).find((peer) => peer.DNSName.split('.')[0] === name);
  return {
    client,
    host,
    name: client.name,
    address: await client.address(),
    ping: async (/** @type {string} */ address, /** @type {number} */ timeout) => (await client.pingInside(address, timeout)) !== undefined,
    direct: async (/** @type {string} */ name) => (await named(name))?.CurAddr || undefined,
    relayed: async (/** @type {string} */ name) => (await named(name))?.CurAddr === '',
    sees: async (/** @type {number} */ others) => (await client.peers()).filter(({ Relay }) => Relay !== '').length === others,
    web: () => web(client),
    restart: () => client.restart(),
  };
}

/**
 * Waits until each knows all others and where they live: what is sent to a node that no relay has seen is lost.
 * @param {readonly Mate[]} mates
 */
export async function acquainted(mates) {
  for (const { host, name, sees } of mates)
    await until(host.lab, `${name} sees the others and their relays`, () => sees(mates.length - 1), { every: 100 });
}

/**
 * Milliseconds until the first packet there and back.
 * @param {Mate} from
 * @param {Mate} to
 * @param {number} deadline
 */
export async function reaches(from, to, deadline) {
  const begun = performance.now();
  await until(from.host.lab, `${from.name} reaches ${to.name}`, () => from.ping(to.address, 1_000), { deadline });
  return performance.now() - begun;
}

/**
 * Milliseconds until packets come back again: short questions, one after the other.
 * @param {Mate} from
 * @param {Mate} to
 * @param {number} deadline
 */
export async function recovers(from, to, deadline) {
  const begun = performance.now();
  await until(from.host.lab, `${from.name} reaches ${to.name} again`, () => from.ping(to.address, 250), { deadline });
  return performance.now() - begun;
}

/**
 * Keeps packets going until both send directly, each to such a place; milliseconds until then.
 * @param {Mate} from
 * @param {Mate} to
 * @param {{ to: RegExp, back: RegExp, deadline: number }} places
 */
export async function directlyReaches(from, to, places) {
  const begun = performance.now();
  let seen = '';
  const both = async () => {
    await from.ping(to.address, 200);
    const [there, back] = [await from.direct(to.name), await to.direct(from.name)];
    seen = `${there} and ${back}`;
    return places.to.test(there ?? '') && places.back.test(back ?? '');
  };
  await until(from.host.lab, `both send directly`, both, { deadline: places.deadline, every: 50 }).catch((error) => {
    throw new Error(`${error.message}; they send to ${seen}`);
  });
  return performance.now() - begun;
}
