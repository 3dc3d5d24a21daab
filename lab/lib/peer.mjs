// @ts-check
import { ourNode } from './our-node.mjs';
import { wireguardGo } from './wireguard-go.mjs';

/**
 * @typedef {'current' | 'debian' | 'wg' | 'ours'} Kind current and debian are wireguard-go, wg is heddle-wg
 *
 * @typedef {object} PeerOptions
 * @property {import('./wg.mjs').KeyPair} key
 * @property {number} port
 * @property {readonly string[]} addresses inside the tunnel, with their prefix length
 * @property {number} [mtu] inside the tunnel; 1420 by default
 * @property {import('@heddle/crypto').CryptoOptions['force']} [crypto] providers that a node of ours has to use
 * @property {NodeJS.ProcessEnv} [env] for a program of the kind of wireguard-go
 *
 * @typedef {object} PingOptions
 * @property {number} [count]
 * @property {number} [interval] seconds
 * @property {number} [size] of the payload
 * @property {number} [wait] seconds, for the last answers
 *
 * @typedef {object} Peer one end of a tunnel, whoever made it
 * @property {import('./namespace.mjs').Namespace} host
 * @property {PeerOptions} options
 * @property {(peer: import('./wg.mjs').PeerConfig) => Promise<void>} setPeer adds or changes one
 * @property {(publicKey: string) => Promise<void>} removePeer
 * @property {(publicKey: string) => Promise<import('./wg.mjs').PeerStatus | undefined>} peer
 * @property {(address: string, options?: PingOptions) => Promise<import('./ping.mjs').Pinged>} ping from inside the tunnel
 * @property {() => Promise<number>} cpu microseconds used so far
 * @property {() => Promise<void>} restart after a crash: the same keys and peers, no session
 */

/**
 * Starts an end of a tunnel; a row is written once for all kinds.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {Kind} kind
 * @param {PeerOptions} options
 * @returns {Promise<Peer>}
 */
export function startPeer(host, kind, options) {
  return kind === 'ours' ? ourNode(host, options) : wireguardGo(host, kind, options);
}
