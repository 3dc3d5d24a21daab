import { PresharedKey } from '@heddle/crypto';
import { checkConfig } from './check-config.js';
import type { StaticConfig } from './config.js';
import type { InterfaceEntry, PeerEntry } from './device.js';
import { formatEndpoint } from './endpoint.js';

/** The wg-quick file of a configuration, private and preshared keys included. Names, which such files do not have, are left out. */
export function writeWgQuick(config: StaticConfig): string {
  const { self, peers } = checkConfig(config);
  return [interfaceLines(self), ...peers.map(peerLines)].map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function interfaceLines({ privateKey, listenPort, fwmark, addresses, dns, mtu }: InterfaceEntry): readonly string[] {
  const names = [...(dns?.servers ?? []), ...(dns?.search ?? [])];
  return [
    '[Interface]',
    `PrivateKey = ${privateKey?.revealBase64() ?? NO_KEY}`,
    ...(listenPort === undefined ? [] : [`ListenPort = ${listenPort}`]),
    ...(fwmark === undefined ? [] : [`FwMark = ${fwmark === 0 ? 'off' : `0x${fwmark.toString(16)}`}`]),
    ...(addresses.length === 0 ? [] : [`Address = ${addresses.join(', ')}`]),
    ...(names.length === 0 ? [] : [`DNS = ${names.join(', ')}`]),
    ...(mtu === undefined ? [] : [`MTU = ${mtu}`]),
  ];
}

function peerLines({ id, presharedKey, allowedIps, endpoint, persistentKeepalive }: PeerEntry): readonly string[] {
  return [
    '[Peer]',
    `PublicKey = ${id}`,
    ...(presharedKey === undefined ? [] : [`PresharedKey = ${PresharedKey.fromBytes(presharedKey).revealBase64()}`]),
    ...(allowedIps.length === 0 ? [] : [`AllowedIPs = ${allowedIps.join(', ')}`]),
    ...(endpoint === undefined ? [] : [`Endpoint = ${formatEndpoint(endpoint)}`]),
    ...(persistentKeepalive === 0 ? [] : [`PersistentKeepalive = ${persistentKeepalive}`]),
  ];
}

/** What wg's texts have where there is no private key. */
const NO_KEY = `${'A'.repeat(43)}=`;
