// @ts-check
// Every form in which a map message says that peers have changed, and one shape in which both clients' tables can be compared.
import { createHash } from 'node:crypto';

/**
 * @typedef {import('../lib/tailnet-node.mjs').NetmapPeer} NetmapPeer
 * @typedef {Record<string, any>} TailcfgNode
 * @typedef {{ says: string, message: Record<string, any> }} Delta
 */

const SEEN = '2026-11-20T12:00:00Z';
const EXPIRES = '2030-01-01T00:00:00Z';

/** @param {string} prefix @param {string} of */
function key(prefix, of) {
  return `${prefix}:${createHash('sha256').update(`${prefix} ${of}`).digest('hex')}`;
}

/**
 * A peer that nobody runs, as tailcfg writes it.
 * @param {number} id
 * @param {TailcfgNode} [more]
 * @returns {TailcfgNode}
 */
function peer(id, more = {}) {
  const name = `n${id}`;
  const addresses = [`100.64.9.${id}/32`, `fd7a:115c:a1e0:ab12:4843:cd96:6240:9${id}/128`];
  const keys = { Key: key('nodekey', name), Machine: key('mkey', name), DiscoKey: key('discokey', name) };
  const host = { Hostname: `host-${id}`, OS: 'linux', Services: [{ Proto: 'peerapi4', Port: 1_000 + id }] };
  const about = { Name: `${name}.lab.example.com.`, User: 123, Cap: 119, MachineAuthorized: true, Created: SEEN };
  const ways = { Addresses: addresses, AllowedIPs: addresses, Endpoints: [`10.99.0.${id}:41641`], HomeDERP: 900 };
  return { ID: 1_000 + id, StableID: name, ...about, ...keys, ...ways, Hostinfo: host, Online: true, ...more };
}

/** @param {number} id @param {TailcfgNode} patch */
const patched = (id, patch) => ({ PeersChangedPatch: [{ NodeID: 1_000 + id, ...patch }] });

/** One message after the other. @type {readonly Delta[]} */
export const DELTAS = [
  {
    says: 'three peers added',
    message: { PeersChanged: [peer(1), peer(2, { Online: false, LastSeen: SEEN }), peer(3, { Online: undefined })] },
  },
  { says: 'one changed as a whole', message: { PeersChanged: [peer(2, { Name: 'n2.lab.example.com.', Tags: ['tag:web'], User: 124 })] } },
  { says: 'a user told', message: { UserProfiles: [{ ID: 124, LoginName: 'two@example.com', DisplayName: 'Two' }] } },
  { says: 'endpoints patched', message: patched(1, { Endpoints: ['10.99.0.77:1', '[2001:db8::7]:2'] }) },
  { says: 'home relay patched', message: patched(1, { DERPRegion: 901 }) },
  { says: 'presence patched', message: patched(1, { Online: false, LastSeen: SEEN }) },
  { says: 'node key patched', message: patched(1, { Key: key('nodekey', 'another') }) },
  { says: 'disco key patched', message: patched(1, { DiscoKey: key('discokey', 'another') }) },
  { says: 'expiry patched', message: patched(1, { KeyExpiry: EXPIRES }) },
  { says: 'capabilities patched', message: patched(1, { Cap: 120, CapMap: { 'example.com/cap/a': [1, { b: 'c' }] } }) },
  { says: 'a patch for nobody', message: patched(77, { Online: true }) },
  { says: 'presence of two', message: { OnlineChange: { 1001: true, 1003: false } } },
  { says: 'one gone a moment ago', message: { PeerSeenChange: { 1002: false } } },
  { says: 'a change and a patch in one', message: { PeersChanged: [peer(4)], ...patched(2, { Online: true }) } },
  { says: 'one removed, and one that was not there', message: { PeersRemoved: [1_003, 1_077] } },
  { says: 'a subnet route in use', message: { PeersChanged: [peer(4, routes('10.50.0.0/24'))] } },
  { says: 'an expired key', message: { PeersChanged: [peer(4, { KeyExpiry: SEEN })] } },
  { says: 'all peers told anew', message: { Peers: [peer(2), peer(4), peer(5), peer(99)] } },
];

/**
 * A message that says nothing but how many there were before it.
 * @param {number} step
 */
export function marker(step) {
  return { PeersChanged: [peer(99, { Name: `step-${step}.lab.example.com.` })] };
}

/** @param {string} route */
function routes(route) {
  return { AllowedIPs: [...peer(4).AllowedIPs, route], PrimaryRoutes: [route] };
}

/** @param {string | undefined} time */
const milliseconds = (time) => (time === undefined || time.startsWith('0001-') ? undefined : Date.parse(time));
/** @param {readonly string[] | null | undefined} texts */
const sorted = (texts) => [...(texts ?? [])].sort();

/**
 * A peer as tailscaled keeps it.
 * @param {TailcfgNode} node
 */
export function theirs(node) {
  const expired = milliseconds(node.KeyExpiry) !== undefined && Date.parse(node.KeyExpiry) < Date.now();
  return {
    id: String(node.ID),
    name: node.Name.replace(/\.$/, ''),
    // What an expired peer's key is spoiled to is tailscaled's own affair.
    nodeKey: expired ? '' : node.Key.slice('nodekey:'.length),
    discoKey: node.DiscoKey?.slice('discokey:'.length),
    addresses: sorted(node.Addresses.map(bare)),
    allowedIps: sorted(node.AllowedIPs),
    endpoints: sorted(node.Endpoints),
    relay: node.HomeDERP,
    online: node.Online,
    lastSeen: milliseconds(node.LastSeen),
    keyExpiry: milliseconds(node.KeyExpiry),
    expired,
    tags: sorted(node.Tags),
    // Who set the tags is of no concern: a tagged node belongs to nobody.
    user: node.Tags?.length > 0 ? undefined : String(node.User),
    hostname: node.Hostinfo?.Hostname,
    os: node.Hostinfo?.OS,
    capabilities: sorted(Object.keys(node.CapMap ?? {})),
  };
}

/**
 * A peer as ours keeps it.
 * @param {any} peer
 * @returns {ReturnType<typeof theirs>}
 */
export function ours(peer) {
  return {
    id: peer.id,
    name: peer.name,
    nodeKey: peer.expired ? '' : peer.nodeKey,
    discoKey: peer.discoKey,
    addresses: sorted(peer.addresses),
    allowedIps: sorted([...peer.allowedIps, ...(peer.offeredRoutes ?? [])]),
    endpoints: sorted(peer.endpoints.map((/** @type {string} */ remote) => remote.replace(/^udp:/, ''))),
    relay: Number(/^derp:(\d+)/.exec(peer.homeRelay ?? '')?.[1] ?? 0),
    online: peer.online,
    lastSeen: peer.lastSeen,
    keyExpiry: peer.keyExpiry,
    expired: peer.expired ?? false,
    tags: sorted(peer.tags),
    user: peer.user,
    hostname: peer.hostname,
    os: peer.os,
    capabilities: sorted(peer.capabilities),
  };
}

/** @param {string} prefix */
function bare(prefix) {
  return prefix.replace(/\/(32|128)$/, '');
}

/**
 * Where two tables differ: `n2.user: ours undefined, theirs "124"`.
 * @param {readonly Record<string, any>[]} mine
 * @param {readonly Record<string, any>[]} yours
 * @returns {string[]}
 */
export function differences(mine, yours) {
  const names = [...new Set([...mine, ...yours].map(({ name }) => name))].sort();
  return names.flatMap((name) => {
    const [left, right] = [mine, yours].map((table) => table.find((one) => one.name === name));
    if (left === undefined || right === undefined) return [`${name}: only ${left ? 'ours' : 'theirs'} has it`];
    const text = (/** @type {unknown} */ value) => JSON.stringify(value) ?? 'nothing';
    const unlike = Object.keys(right).filter((field) => text(left[field]) !== text(right[field]));
    return unlike.map((field) => `${name}.${field}: ours ${text(left[field])}, theirs ${text(right[field])}`);
  });
}
