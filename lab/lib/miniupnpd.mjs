// @ts-check
import { writeFile } from 'node:fs/promises';

/**
 * A NAT with the chains that the daemon fills: strangers come in by a port that was given away, and by no other.
 * @param {string} outside
 * @param {boolean} symmetric another port outside for each place
 */
const tables = (outside, symmetric) => `
  table inet filter {
    chain forward {
      type filter hook forward priority 0;
      jump miniupnpd
      iifname "${outside}" ct state new ct status ! dnat drop
    }
    chain miniupnpd { }
    chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
    chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; oifname "${outside}" masquerade${symmetric ? ' random,fully-random' : ''}; }
    chain prerouting_miniupnpd { }
    chain postrouting_miniupnpd { }
  }
`;

/**
 * Turns a host into a NAT router that gives ports away, by NAT-PMP and PCP.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {{ outside: string, inside: string, symmetric?: boolean }} devices symmetric: another port outside for each place that is sent to
 */
export async function miniupnpd(host, { outside, inside, symmetric = false }) {
  await host.nft(tables(outside, symmetric));
  await host.exec(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  const path = host.lab.path('miniupnpd.conf');
  const settings = [
    `ext_ifname=${outside}`,
    `listening_ip=${inside}`,
    'enable_natpmp=yes',
    'enable_upnp=no',
    'secure_mode=yes',
    'system_uptime=no',
    'min_lifetime=120',
    'max_lifetime=86400',
    'uuid=00000000-0000-4000-8000-000000000000',
    'allow 1024-65535 0.0.0.0/0 1024-65535',
    'deny 0-65535 0.0.0.0/0 0-65535',
  ];
  await writeFile(path, `${settings.join('\n')}\n`);
  return host.start('miniupnpd', ['miniupnpd', '-d', '-f', path, '-P', host.lab.path('miniupnpd.pid')]);
}
