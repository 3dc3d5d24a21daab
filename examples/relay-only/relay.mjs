// @ts-check
// A relay of ten lines, in place of derp(): it delivers to node keys and vouches for them, and that is what a relay is to core.
import { defineBind, definePlugin, provideBind, Tokens } from '@heddle/core';

/** @typedef {(from: string, batch: import('@heddle/core').PacketBatch) => void} Deliver */

/** Who listens, by node key. */
export class Relay {
  /** @type {Map<string, Deliver>} */
  listeners = new Map();
}

/** @param {Relay} relay @returns {import('@heddle/core').Plugin} */
export function throughRelay({ listeners }) {
  return definePlugin({
    name: '@heddle/example-relay',
    provides: [provideBind('relay', [Tokens.Identity], (identity) => relayBind(listeners, hexOf(identity.nodeKey?.publicKey)))],
  });
}

/** @param {Map<string, Deliver>} listeners @param {string} own */
function relayBind(listeners, own) {
  return defineBind({
    scheme: 'relay',
    traits: { relay: true },
    open(handle) {
      const { pool, clock } = handle.context;
      listeners.set(own, (from, sent) => {
        const batch = pool.of(...Array.from(sent, (packet) => packet.slice()));
        if (batch === undefined) return;
        batch.remote = handle.remote(from, () => partsOf(from));
        clock.at(clock.now(), () => {
          handle.deliver(batch);
          batch.release();
        });
      });
    },
    send(_, to, batch) {
      listeners.get(to.text.slice('relay:'.length))?.(own, batch);
      return batch.count;
    },
    close: () => void listeners.delete(own),
    parse: (rest) => (/^[0-9a-f]{64}$/.test(rest) ? partsOf(rest) : undefined),
  });
}

/** @param {string} key */
function partsOf(key) {
  const nodeKey = Uint8Array.from(key.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return { id: nodeKey, limitKey: key, nodeKey };
}

/** @param {Uint8Array | undefined} bytes */
export function hexOf(bytes) {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
}
