// @ts-check
// A node that has to use one provider of cryptography for all that it offers.
import assert from 'node:assert/strict';
import { directly, INNER, peerOf, tunnel } from '../lib/tunnel.mjs';
import { pass } from '../lib/wait.mjs';
import { newPresharedKey } from '../lib/wg.mjs';
import { allInOrder } from './tunnel.mjs';

/** wireguard-go takes 50 ms between two initiations for a flood. */
const APART = 60;
const ECHOES = { count: 50, interval: 0.005, size: 1_000 };

/**
 * @typedef {object} Provider
 * @property {string} name
 * @property {import('@heddle/crypto').CryptoOptions['force']} force
 */

/** What a provider lacks is left to the usual choice. @type {readonly Provider[]} */
export const PROVIDERS = [
  { name: 'noble', force: 'noble' },
  { name: 'node', force: { x25519: 'node', mac: 'node', packets: 'node', chacha20poly1305: 'node' } },
  { name: 'stablelib', force: { x25519: 'stablelib' } },
  { name: 'wasm', force: { packets: 'wasm', chacha20poly1305: 'wasm', xchacha20poly1305: 'wasm' } },
];

/** @param {Provider} provider @returns {import('../run.mjs').Row} */
export function providerRow({ name, force }) {
  return {
    id: `heddle-provider-${name}`,
    says: `with the provider ${name}: handshakes from either side with a preshared key, and echoes in order both ways`,
    async run(lab) {
      const psk = newPresharedKey();
      const { a, b, keys } = await tunnel(await directly(lab), { left: 'ours', right: 'current', psk, crypto: force });
      allInOrder(await a.ping(INNER.b[4], ECHOES));
      allInOrder(await b.ping(INNER.a[6], ECHOES));
      for (const [from, other, key] of /** @type {const} */ ([
        [b, 'a', keys.a.public],
        [a, 'b', keys.b.public],
      ])) {
        await pass(lab, APART);
        await from.removePeer(key);
        await from.setPeer({ ...peerOf(other, key), psk });
        assert.equal((await from.ping(INNER[other][4], { wait: 2 })).received, 1, `a handshake towards ${other}`);
      }
      allInOrder(await a.ping(INNER.b[4], ECHOES));
    },
  };
}
