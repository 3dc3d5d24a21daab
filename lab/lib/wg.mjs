// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/**
 * @typedef {{ readonly private: string, readonly public: string }} KeyPair hexadecimal, as UAPI wants them
 * @typedef {object} PeerConfig
 * @property {string} publicKey
 * @property {string | undefined} [psk]
 * @property {string | undefined} [endpoint] `10.77.0.2:51820` or `[fd77::2]:51820`
 * @property {readonly string[]} allowedIps
 * @property {number | undefined} [keepalive] seconds
 * @typedef {object} PeerStatus
 * @property {string | undefined} endpoint
 * @property {number} handshakeAt milliseconds since 1970; 0 when there was none
 * @property {number} rx bytes
 * @property {number} tx bytes
 */

/**
 * A fresh key pair, made by Node and not by any peer under test.
 * @returns {KeyPair}
 */
export function newKeyPair() {
  const { x = '', d = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  return { private: hex(d), public: hex(x) };
}

/** @returns {string} a preshared key */
export function newPresharedKey() {
  return randomBytes(32).toString('hex');
}

/** @param {string} base64url */
function hex(base64url) {
  return Buffer.from(base64url, 'base64url').toString('hex');
}

/**
 * The lines of a UAPI `set` for one peer.
 * @param {PeerConfig} peer
 */
export function peerLines({ publicKey, psk, endpoint, allowedIps, keepalive }) {
  return [
    `public_key=${publicKey}`,
    ...(psk === undefined ? [] : [`preshared_key=${psk}`]),
    ...(endpoint === undefined ? [] : [`endpoint=${endpoint}`]),
    ...(keepalive === undefined ? [] : [`persistent_keepalive_interval=${keepalive}`]),
    'replace_allowed_ips=true',
    ...allowedIps.map((prefix) => `allowed_ip=${prefix}`),
  ];
}

/**
 * One UAPI request over the socket of a WireGuard program; a refusal fails with its errno.
 * @param {string} path
 * @param {'set' | 'get'} operation
 * @param {readonly string[]} [lines]
 * @returns {Promise<[string, string][]>} the answer's keys and values, in order
 */
export async function uapi(path, operation, lines = []) {
  const answer = await exchange(path, [`${operation}=1`, ...lines, '', ''].join('\n'));
  const pairs = answer.split('\n').flatMap((line) => (line.includes('=') ? [split(line)] : []));
  const errno = pairs.find(([key]) => key === 'errno')?.[1];
  if (errno !== '0')
    throw new Error(`UAPI ${operation} failed with errno ${errno}: ${lines.filter((line) => !line.includes('_key')).join(' ')}`);
  return pairs;
}

/**
 * @param {string} line
 * @returns {[string, string]}
 */
function split(line) {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

/**
 * @param {string} path
 * @param {string} request
 * @returns {Promise<string>}
 */
function exchange(path, request) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.write(request));
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer on ${path}`)));
    socket.on('data', (data) => {
      answer += data;
      // The connection stays open for the next request; an empty line ends each answer.
      if (answer.endsWith('\n\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/**
 * What a UAPI `get` says about one peer; undefined when it is not there.
 * @param {readonly [string, string][]} pairs
 * @param {string} publicKey
 * @returns {PeerStatus | undefined}
 */
export function peerStatus(pairs, publicKey) {
  const begin = pairs.findIndex(([key, value]) => key === 'public_key' && value === publicKey);
  if (begin === -1) return undefined;
  const end = pairs.findIndex(([key], i) => i > begin && key === 'public_key');
  const fields = new Map(pairs.slice(begin, end === -1 ? undefined : end));
  const number = (/** @type {string} */ key) => Number(fields.get(key) ?? 0);
  return {
    endpoint: fields.get('endpoint'),
    handshakeAt: number('last_handshake_time_sec') * 1_000 + number('last_handshake_time_nsec') / 1e6,
    rx: number('rx_bytes'),
    tx: number('tx_bytes'),
  };
}
