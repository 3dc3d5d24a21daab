// @ts-check
// Peers as the lab describes them, for the scripts whose nodes have static control.

/** @param {{ publicKey: string, psk?: string, endpoint?: string, allowedIps: string[], keepalive?: number }} peer */
export function staticPeer({ publicKey, psk, endpoint, allowedIps, keepalive }) {
  return {
    publicKey,
    allowedIps,
    ...(psk !== undefined && { presharedKey: psk }),
    ...(endpoint !== undefined && { endpoint }),
    ...(keepalive !== undefined && { persistentKeepalive: keepalive }),
  };
}

/**
 * How a node is doing with one of its peers.
 * @param {import('@heddle/core').HeddleNode} node
 * @param {string} publicKey hexadecimal
 */
export function peerOf(node, publicKey) {
  const base64 = Buffer.from(publicKey, 'hex').toString('base64');
  const found = node.status().peers.find((one) => one.publicKey === base64);
  return found && { endpoint: found.path?.replace(/^udp:/, ''), handshakeAt: found.lastHandshake, rx: found.rxBytes, tx: found.txBytes };
}
