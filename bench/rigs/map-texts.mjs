// @ts-check
// Peers of a large tailnet as servers write them.
import { createHash } from 'node:crypto';

const FIRST_ID = 1_000;

/** @param {string} kind @param {number} n */
const key = (kind, n) => `${kind}:${createHash('sha256').update(`${kind} ${n}`).digest('hex')}`;

/** @param {number} n */
export function mapPeer(n) {
  const addresses = [`100.${65 + (n >> 14)}.${(n >> 7) & 127}.${(n & 127) + 1}/32`, `fd7a:115c:a1e0::${(n + 0x100).toString(16)}/128`];
  return {
    ID: FIRST_ID + n,
    StableID: `n${n}CNTRL`,
    Name: `host-${n}.tail.example.com.`,
    User: 1 + (n % 50),
    Key: key('nodekey', n),
    Machine: key('mkey', n),
    DiscoKey: key('discokey', n),
    Addresses: addresses,
    AllowedIPs: addresses,
    Endpoints: [`198.18.${n >> 8}.${n & 255}:41641`, `192.168.1.${(n % 254) + 1}:41641`],
    HomeDERP: 1 + (n % 20),
    Hostinfo: { OS: 'linux', Hostname: `host-${n}`, Services: [{ Proto: 'peerapi4', Port: 40_000 }] },
    Created: '2026-01-02T03:04:05Z',
    KeyExpiry: '2027-01-01T00:00:00Z',
    Cap: 119,
    MachineAuthorized: true,
    Online: true,
  };
}

/** New endpoints of one peer. @param {number} n @param {number} port */
export function mapPatch(n, port) {
  return { PeersChangedPatch: [{ NodeID: FIRST_ID + n, Endpoints: [`203.0.113.1:${1 + (port % 65_000)}`] }] };
}
