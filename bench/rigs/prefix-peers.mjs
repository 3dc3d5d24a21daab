// @ts-check
import { WireGuard } from '@heddle/wireguard';

/** An engine whose peers share out a list of prefixes. */
export class PrefixPeers {
  /**
   * @param {import('@heddle/crypto').Crypto} crypto
   * @param {readonly string[]} prefixes
   * @param {number} peers
   */
  constructor(crypto, prefixes, peers) {
    const ignore = () => {};
    this.peers = peers;
    this.prefixes = prefixes;
    this.share = prefixes.length / peers;
    this.engine = new WireGuard({
      crypto,
      random: (into) => into.fill(1),
      wallClock: () => 0,
      sink: { transmit: ignore, deliver: ignore, endpointChanged: ignore, established: ignore, drop: ignore },
    });
    for (let peer = 0; peer < peers; peer++) this.set(peer, this.share);
  }

  /**
   * Gives a peer so many prefixes of its share.
   * @param {number} peer
   * @param {number} count
   */
  set(peer, count) {
    const first = peer * this.share;
    this.engine.setPeer(0, { publicKey: keyOf(peer), allowedIps: this.prefixes.slice(first, first + count) });
  }

  /**
   * Takes one prefix from a peer, or gives it back.
   * @param {number} peer
   * @param {number} which of all prefixes
   * @param {boolean} has
   */
  patch(peer, which, has) {
    const changed = this.prefixes.slice(which, which + 1);
    this.engine.patchAllowedIps(0, keyOf(peer), { add: has ? changed : [], remove: has ? [] : changed });
  }
}

/** @param {number} peer */
function keyOf(peer) {
  const key = new Uint8Array(32).fill(9);
  new DataView(key.buffer).setUint32(0, peer);
  return key;
}
