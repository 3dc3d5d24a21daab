// @ts-check
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Every program that rows call by name; each comes from a package in apt-packages.txt, but for Go. */
const TOOLS = [
  'ab',
  'conntrack',
  'curl',
  'dig',
  'ethtool',
  'go',
  'ip',
  'iptables',
  'iperf3',
  'mosquitto',
  'ncat',
  'nft',
  'openssl',
  'pebble',
  'ping',
  'promtool',
  'redis-server',
  'setpriv',
  'sysctl',
  'tcpdump',
  'tshark',
  'wg',
  'wg-quick',
  'wireguard-go',
  'wrk',
];

/** What keeps the lab from running here, with the cure; empty when nothing does. */
export function obstacles() {
  const found = [];
  if (process.platform !== 'linux') found.push('it needs Linux');
  if (process.getuid?.() !== 0) found.push('it makes network namespaces and must run as root: sudo npm run lab');
  const missing = TOOLS.filter((tool) => !isInstalled(tool));
  if (missing.length > 0) {
    found.push(`missing: ${missing.join(', ')}. Go comes from go.dev; the rest: apt-get install -y $(cat lab/apt-packages.txt)`);
  }
  return found;
}

/** @param {string} tool */
function isInstalled(tool) {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
