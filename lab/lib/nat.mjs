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

/**
 * Kinds of NAT, by whom they let in at a port that one host behind them uses.
 *
 *   none        there is no NAT
 *   full        anybody
 *   restricted  the places that the host has sent to; each host keeps one port outside
 *   symmetric   the same, and another port outside for each place that it sends to
 *
 * @typedef {'none' | 'full' | 'restricted' | 'symmetric'} NatKind
 */

/** @type {readonly NatKind[]} */
export const NAT_KINDS = ['none', 'full', 'restricted', 'symmetric'];

/**
 * Turns a router into a NAT of some kind.
 * @param {import('./namespace.mjs').Namespace} router
 * @param {Exclude<NatKind, 'none'>} kind
 * @param {{ outside: string, inside: string, port: number }} options device outside; the host that a full cone serves, and its port
 */
export async function natRouter(router, kind, { outside, inside, port }) {
  const forward = kind === 'full' ? `iifname "${outside}" udp dport ${port} dnat ip to ${inside}:${port};` : '';
  const random = kind === 'symmetric' ? ' random,fully-random' : '';
  await router.nft(`
    table inet nat {
      chain in { type nat hook prerouting priority -100; ${forward} }
      chain out { type nat hook postrouting priority 100; oifname "${outside}" masquerade${random}; }
      chain local { type filter hook input priority 0; iifname "${outside}" meta l4proto udp drop; }
      chain through { type filter hook forward priority 0; iifname "${outside}" ct state new ct status ! dnat drop; }
    }
  `);
  await router.exec(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
}

/**
 * A NAT that lets in anybody at the ports given to its hosts, and its own hosts, too, when they send to its address outside.
 * @param {import('./namespace.mjs').Namespace} router
 * @param {{ outside: string, address: string, inside: string, ports: ReadonlyMap<number, string> }} options device and address outside, net inside; hosts by port
 */
export async function hairpinRouter(router, { outside, address, inside, ports }) {
  const given = [...ports].map(([port, host]) => `ip daddr ${address} udp dport ${port} dnat ip to ${host}:${port};`).join('\n');
  await router.nft(`
    table inet nat {
      chain in {
        type nat hook prerouting priority -100;
        ${given}
      }
      chain out {
        type nat hook postrouting priority 100;
        oifname "${outside}" masquerade;
        ip saddr ${inside} ip daddr ${inside} snat ip to ${address};
      }
    }
  `);
  for (const setting of ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.send_redirects=0']) await router.exec(['sysctl', '-qw', setting]);
}
