// @ts-check
// Our node with the kernel of its host as its Stack.
import assert from 'node:assert/strict';
import { iperf } from '../lib/iperf.mjs';
import { tunTunnel } from '../lib/tun-node.mjs';
import { directly, INNER } from '../lib/tunnel.mjs';
import { defaultRouteDoesNotLoop, keepsAllRules, killedAndCleanedUp, linkChanges, sameApplication } from '../stories/tun.mjs';
import { allInOrder } from '../stories/tunnel.mjs';

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  { id: 'tun-rules', says: 'the kernel behind a TUN interface keeps every rule of a Stack', run: keepsAllRules },
  {
    id: 'tun-same-application',
    says: 'one application runs on a stack of ours and on the kernel, with one line changed, and finds the same',
    run: sameApplication,
  },
  {
    id: 'tun-F13-kill',
    says: 'F13: killed at 20 random points of its life, a node leaves nothing that the next start does not take back: rules, routes, name servers',
    seconds: 120,
    run: killedAndCleanedUp,
  },
  {
    id: 'tun-default-route',
    says: 'with the default route in the tunnel its own datagrams do not enter it, and the local network is reached directly',
    run: defaultRouteDoesNotLoop,
  },
  { id: 'tun-link', says: 'an interface that others set down and up, rename, and delete', run: linkChanges },
  ...[
    { left: 'tun', right: 'debian', outer: 4, mtu: 1_420 },
    { left: 'debian', right: 'tun', outer: 6, mtu: 1_420 },
    { left: 'tun', right: 'current', outer: 6, mtu: 34_736 },
    { left: 'current', right: 'tun', outer: 4, mtu: 34_736 },
    { left: 'tun', right: 'tun', outer: 4, mtu: 34_736 },
  ].map((kind) => ({
    id: `tun-traffic-${kind.left}-${kind.right}`,
    says: `${kind.left} and ${kind.right}, MTU ${kind.mtu}, over IPv${kind.outer}: pings, TCP and UDP inside, IPv4 and IPv6`,
    run: (/** @type {import('../lib/lab.mjs').Lab} */ lab) => traffic(lab, /** @type {any} */ (kind)),
  })),
];

/**
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {Parameters<typeof tunTunnel>[1]} kind
 */
async function traffic(lab, kind) {
  const { a, b } = await tunTunnel(await wideCable(lab), kind);
  for (const version of /** @type {const} */ ([4, 6])) {
    allInOrder(await a.ping(INNER.b[version], { count: 20 }));
    allInOrder(await b.ping(INNER.a[version], { count: 20, size: 1_300 }));
    const there = await iperf(a.host, b.host, INNER.b[version], { seconds: 1 });
    const back = await iperf(b.host, a.host, INNER.a[version], { seconds: 1 });
    for (const { bytes } of [there, back]) assert.ok(bytes > 1e6, `${bytes} bytes of TCP over IPv${version}`);
    const datagrams = await udp(a.host, b.host, INNER.b[version]);
    assert.ok(datagrams.lost <= datagrams.sent / 2, `${datagrams.lost} of ${datagrams.sent} datagrams over IPv${version} were lost`);
    lab.note(
      `IPv${version}: ${Math.round(there.megabits)} and ${Math.round(back.megabits)} Mbit/s, ${datagrams.lost} of ${datagrams.sent} datagrams lost`,
    );
  }
}

/**
 * Two hosts whose cable takes whatever UDP can carry: wireguard-go's segments do not leave a narrower one.
 * @param {import('../lib/lab.mjs').Lab} lab
 */
async function wideCable(lab) {
  const underlay = await directly(lab);
  for (const host of [underlay.a, underlay.b]) await host.ip('link', 'set', 'eth0', 'mtu', '65535');
  return underlay;
}

/**
 * @param {import('../lib/namespace.mjs').Namespace} from
 * @param {import('../lib/namespace.mjs').Namespace} to
 * @param {string} address
 */
async function udp(from, to, address) {
  const server = await to.start('iperf3', ['iperf3', '-s', '-1', '--forceflush']);
  await server.says(to.lab, 'listening');
  const report = JSON.parse(await from.exec(['iperf3', '-u', '-b', '20M', '-c', address, '-t', '1', '-J'], { deadline: 20_000 }));
  await server.stop();
  const { packets, lost_packets: lost } = report.end.sum;
  return { sent: packets, lost };
}
