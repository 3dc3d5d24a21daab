// @ts-check

/**
 * Turns a host into a NAT router that hides what is behind `inside` and keeps quiet towards strangers.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {{ outside: string, udpTimeout: number }} options seconds after which an idle UDP mapping is forgotten
 */
export async function masquerade(host, { outside, udpTimeout }) {
  await host.nft(`
    table inet nat {
      chain out { type nat hook postrouting priority 100; oifname "${outside}" masquerade; }
      chain local { type filter hook input priority 0; iifname "${outside}" meta l4proto udp drop; }
      chain through { type filter hook forward priority 0; iifname "${outside}" ct state new drop; }
    }
  `);
  for (const setting of [
    'net.ipv4.ip_forward=1',
    'net.ipv6.conf.all.forwarding=1',
    `net.netfilter.nf_conntrack_udp_timeout=${udpTimeout}`,
    `net.netfilter.nf_conntrack_udp_timeout_stream=${udpTimeout}`,
  ]) {
    await host.exec(['sysctl', '-qw', setting]);
  }
}

/**
 * The UDP mappings that a NAT keeps now, as conntrack prints them.
 * @param {import('./namespace.mjs').Namespace} host
 * @returns {Promise<string[]>}
 */
export async function udpMappings(host) {
  const lines = await host.exec(['conntrack', '-L', '-p', 'udp']);
  return lines.split('\n').filter((line) => line !== '');
}

/**
 * Forgets all mappings, as a router does that restarts.
 * @param {import('./namespace.mjs').Namespace} host
 */
export async function forgetMappings(host) {
  await host.exec(['conntrack', '-F']);
}
