// @ts-check
import { iperf } from '../../lab/lib/iperf.mjs';
import { tunTunnel } from '../../lab/lib/tun-node.mjs';
import { directly, INNER } from '../../lab/lib/tunnel.mjs';

const MTU = 1_420;
/** What a full packet carries beside IPv4, TCP and its timestamps. */
const PAYLOAD = MTU - 20 - 32;

/**
 * @param {import('../../lab/lib/lab.mjs').Lab} lab
 * @param {import('../../lab/lib/tun-node.mjs').Kind} kind
 */
async function throughput(lab, kind) {
  const { a, b } = await tunTunnel(await directly(lab), { left: kind, right: kind, mtu: MTU });
  await a.ping(INNER.b[4], { count: 3 });
  await iperf(a.host, b.host, INNER.b[4], { seconds: 1 });
  const before = (await a.cpu()) + (await b.cpu());
  const { megabits, bytes } = await iperf(a.host, b.host, INNER.b[4], { seconds: 3 });
  const used = (await a.cpu()) + (await b.cpu()) - before;
  return { value: megabits, cpuPerPacket: used / (bytes / PAYLOAD) };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'tun',
    says: "two nodes of ours with TUN interfaces against two of Debian's wireguard-go, one TCP stream over veth; CPU of both ends; ours at least 1x",
    unit: 'Mbit/s',
    better: 'higher',
    needsLab: true,
    ours: (lab) => throughput(lab, 'tun'),
    reference: (lab) => throughput(lab, 'debian'),
  },
];
