import type { Bytes } from '@heddle/crypto';
import type { PeerEntry } from './device.js';
import type { DeviceState } from './device-state.js';
import { numericPart } from './endpoint.js';

/** How a peer is doing, as the data plane knows it. */
export interface UapiPeerStatus {
  /** `address:port` or the text of a UDP remote. Anything else is left out, because it would make `wg show` fail as a whole. */
  readonly endpoint?: string;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Wall-clock milliseconds; 0: never. */
  readonly lastHandshake: number;
}

/** What the configuration does not know. */
export interface UapiStatus {
  /** The port in use. Default: the configured one. */
  readonly listenPort?: number;
  /** By public key in base64. */
  peer(id: string): UapiPeerStatus | undefined;
}

const NO_KEY: Bytes = new Uint8Array(32);
const NEVER: UapiPeerStatus = { rxBytes: 0, txBytes: 0, lastHandshake: 0 };

/** The answer to `get=1`, from `private_key` to `errno=0` and the empty line. It holds the private and preshared keys. */
export function writeUapiGet({ self, peers }: Pick<DeviceState, 'self' | 'peers'>, status?: UapiStatus): string {
  const lines: string[] = [];
  if (self.privateKey !== null) lines.push(`private_key=${self.privateKey.revealHex()}`);
  const port = status?.listenPort ?? self.listenPort;
  if (port) lines.push(`listen_port=${port}`);
  if (self.fwmark) lines.push(`fwmark=${self.fwmark}`);
  for (const peer of peers) writePeer(lines, peer, status?.peer(peer.id) ?? NEVER);
  lines.push(writeErrno(0));
  return lines.join('\n');
}

/** The last lines of an answer. */
export function writeErrno(errno: number): string {
  return `errno=${errno}\n\n`;
}

function writePeer(lines: string[], peer: PeerEntry, status: UapiPeerStatus): void {
  lines.push(`public_key=${hex(peer.nodeKey)}`, `preshared_key=${hex(peer.presharedKey ?? NO_KEY)}`, 'protocol_version=1');
  const endpoint = endpointText(peer, status);
  if (endpoint !== undefined) lines.push(`endpoint=${endpoint}`);
  const { lastHandshake } = status;
  lines.push(`last_handshake_time_sec=${Math.floor(lastHandshake / 1000)}`);
  lines.push(`last_handshake_time_nsec=${Math.floor(lastHandshake % 1000) * 1_000_000}`);
  lines.push(`tx_bytes=${status.txBytes}`, `rx_bytes=${status.rxBytes}`);
  lines.push(`persistent_keepalive_interval=${peer.persistentKeepalive}`);
  for (const prefix of peer.allowedIps) lines.push(`allowed_ip=${prefix}`);
}

/** Without a zone, which not every build of `wg` reads. */
function endpointText(peer: PeerEntry, status: UapiPeerStatus): string | undefined {
  const configured = peer.endpoint !== undefined && 'remote' in peer.endpoint ? peer.endpoint.remote : '';
  const { endpoint = configured } = status;
  return numericPart(endpoint.startsWith('udp:') ? endpoint : `udp:${endpoint}`)?.replace(/%[^\]]*/, '');
}

function hex(bytes: Bytes): string {
  let text = '';
  for (const byte of bytes) text += (byte + 0x100).toString(16).slice(1);
  return text;
}
