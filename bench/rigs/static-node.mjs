// @ts-check
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';

/** @typedef {{ stack: import('./batch-stack.mjs').BatchStack, bind: import('@heddle/core').Plugin, endpoint?: string }} Parts */

/**
 * A node at one end of a pair: 10.0.0.x with the key of number x, and the other end as its only peer.
 * @param {import('@heddle/crypto').Crypto} crypto
 * @param {Parts} parts
 */
export function staticNode(crypto, { stack, bind, endpoint }) {
  const { from, to } = stack.ends;
  const peer = { publicKey: hex(crypto.x25519.load(keyOf(to)).publicKey), allowedIps: [`10.0.0.${to}/32`] };
  return createNode({ hostname: `n${from}`, crypto }, [
    staticControl({
      privateKey: hex(keyOf(from)),
      addresses: [`10.0.0.${from}/32`],
      peers: [endpoint === undefined ? peer : { ...peer, endpoint }],
    }),
    bind,
    stack.plugin(),
  ]);
}

/** @param {number} number */
function keyOf(number) {
  return new Uint8Array(32).fill(number);
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
