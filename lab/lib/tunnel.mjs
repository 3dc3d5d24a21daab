// @ts-check
import { addAddresses, cable, defaultRoute } from './link.mjs';
import { namespace } from './namespace.mjs';
import { masquerade } from './nat.mjs';
import { startPeer } from './peer.mjs';
import { newKeyPair } from './wg.mjs';
import { wire } from './wire.mjs';

/**
 * @typedef {import('./lab.mjs').Lab} Lab
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 * @typedef {import('./peer.mjs').Peer} Peer
 * @typedef {import('./peer.mjs').Kind} Kind
 *
 * @typedef {object} Underlay two hosts that reach each other
 * @property {Namespace} a
 * @property {Namespace} b
 * @property {boolean} bKnowsA false when a is behind a NAT
 * @property {Awaited<ReturnType<typeof wire>>} [wire]
 * @property {Namespace} [nat]
 *
 * @typedef {object} TunnelOptions
 * @property {Kind} left on host a
 * @property {Kind} right on host b
 * @property {4 | 6} [outer] IP version of the underlay; 4 by default
 * @property {string} [psk]
 * @property {number} [keepalive] seconds, on side a
 * @property {number} [mtu] inside
 * @property {import('@heddle/crypto').CryptoOptions['force']} [crypto] providers that nodes of ours have to use
 */

export const PORT = 51_820;
/** Addresses under the tunnel, by IP version. */
export const OUTER = { a: { 4: '10.77.0.1', 6: 'fd77::1' }, b: { 4: '10.77.0.2', 6: 'fd77::2' } };
/** Addresses inside the tunnel, by IP version. */
export const INNER = { a: { 4: '10.88.0.1', 6: 'fd88::1' }, b: { 4: '10.88.0.2', 6: 'fd88::2' } };

/** @param {'a' | 'b'} side */
const outerAddresses = (side) => [`${OUTER[side][4]}/24`, `${OUTER[side][6]}/64`];

/**
 * Two hosts and a plain cable.
 * @param {Lab} lab
 * @returns {Promise<Underlay>}
 */
export async function directly(lab) {
  const a = await namespace(lab, 'a');
  const b = await namespace(lab, 'b');
  await cable({ host: a, device: 'eth0', addresses: outerAddresses('a') }, { host: b, device: 'eth0', addresses: outerAddresses('b') });
  return { a, b, bKnowsA: true };
}

/**
 * Two hosts and a wire that can be impaired; host a is on its left.
 * @param {Lab} lab
 * @param {{ seed?: number, mtu?: number }} [options]
 */
export async function throughWire(lab, options) {
  const a = await namespace(lab, 'a');
  const b = await namespace(lab, 'b');
  const left = { host: a, device: 'eth0', addresses: outerAddresses('a') };
  const right = { host: b, device: 'eth0', addresses: outerAddresses('b') };
  return { a, b, bKnowsA: true, wire: await wire(lab, left, right, options) };
}

/**
 * Host a behind a NAT, host b outside. IPv4 only.
 * @param {Lab} lab
 * @param {{ udpTimeout: number }} options seconds
 */
export async function throughNat(lab, { udpTimeout }) {
  const a = await namespace(lab, 'a');
  const nat = await namespace(lab, 'nat');
  const b = await namespace(lab, 'b');
  await cable({ host: a, device: 'eth0', addresses: ['10.78.0.2/24'] }, { host: nat, device: 'inside', addresses: ['10.78.0.1/24'] });
  await cable(
    { host: nat, device: 'outside', addresses: outerAddresses('a') },
    { host: b, device: 'eth0', addresses: outerAddresses('b') },
  );
  await defaultRoute(a, '10.78.0.1');
  await masquerade(nat, { outside: 'outside', udpTimeout });
  return { a, b, nat, bKnowsA: false };
}

/**
 * A tunnel between the two hosts of an underlay, ready for its first packet. Who speaks first is the initiator.
 * @param {Underlay} underlay
 * @param {TunnelOptions} options
 */
export async function tunnel(underlay, { left, right, outer = 4, psk, keepalive, mtu, crypto }) {
  const keys = { a: newKeyPair(), b: newKeyPair() };
  const options = (/** @type {'a' | 'b'} */ side) => ({
    key: keys[side],
    port: PORT,
    addresses: [`${INNER[side][4]}/24`, `${INNER[side][6]}/64`],
    ...(mtu === undefined ? {} : { mtu }),
    ...(crypto === undefined ? {} : { crypto }),
  });
  const a = await startPeer(underlay.a, left, options('a'));
  const b = await startPeer(underlay.b, right, options('b'));
  await a.setPeer({ ...peerOf('b', keys.b.public, outer), psk, keepalive });
  const fromB = peerOf('a', keys.a.public, outer);
  await b.setPeer({ ...fromB, psk, endpoint: underlay.bKnowsA ? fromB.endpoint : undefined });
  return { a, b, keys };
}

/**
 * How one side describes the other.
 * @param {'a' | 'b'} side the other one
 * @param {string} publicKey
 * @param {4 | 6} outer
 */
export function peerOf(side, publicKey, outer = 4) {
  return {
    publicKey,
    endpoint: endpoint(OUTER[side][outer], PORT),
    allowedIps: [`${INNER[side][4]}/32`, `${INNER[side][6]}/128`],
  };
}

/**
 * @param {string} address
 * @param {number} port
 */
export function endpoint(address, port) {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * Gives a host's interface another address in place of its old one, as a network change does.
 * @param {Namespace} host
 * @param {string} from
 * @param {string} to
 */
export async function renumber(host, from, to) {
  const length = from.includes(':') ? 64 : 24;
  await host.ip('addr', 'del', `${from}/${length}`, 'dev', 'eth0');
  await addAddresses(host, 'eth0', [`${to}/${length}`]);
}
