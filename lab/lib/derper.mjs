// @ts-check
import { join } from 'node:path';
import { program } from '../peers.mjs';
import { folder } from './folder.mjs';

/** The port on which every derper of the lab answers STUN. */
const STUN_PORT = 3478;
/** The one region of the lab. */
export const REGION = 900;

/**
 * Starts Tailscale's relay inside a host, with TLS and a certificate that it makes for its address.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {string} address of that host
 * @param {{ everywhere?: boolean }} [options] also at all other addresses of the host
 */
export async function derper(host, address, { everywhere = false } = {}) {
  const home = await folder(host.lab, 'derper');
  const tls = [
    '-certmode',
    'manual',
    '-certdir',
    home,
    '-hostname',
    address,
    '-a',
    `${everywhere ? '' : inUrl(address)}:443`,
    '-http-port',
    '-1',
  ];
  const running = await host.start('derper', [await program('derper'), '-c', join(home, 'key'), ...tls, '-stun-port', `${STUN_PORT}`]);
  await running.says(host.lab, 'serving on');
  return running;
}

/**
 * The DERPMap that clients need to use it.
 * @param {string} address
 * @param {object} [proof] how it proves itself: not at all by default
 */
export function derpMap(address, proof = { InsecureForTests: true }) {
  // Clients make a URL of the name, in which no IPv6 address could stand.
  const place = address.includes(':')
    ? { HostName: 'relay.lab.example.com', IPv4: 'none', IPv6: address }
    : { HostName: address, IPv4: address, IPv6: 'none' };
  const node = { Name: `${REGION}a`, RegionID: REGION, ...place, DERPPort: 443 };
  const nodes = [{ ...node, STUNPort: STUN_PORT, ...proof }];
  const region = { RegionID: REGION, RegionCode: 'lab', RegionName: 'Lab', Nodes: nodes };
  return { OmitDefaultRegions: true, Regions: { [REGION]: region } };
}

/** @param {string} address */
function inUrl(address) {
  return address.includes(':') ? `[${address}]` : address;
}
