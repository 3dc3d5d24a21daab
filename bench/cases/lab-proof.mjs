// @ts-check
import { iperf } from '../../lab/lib/iperf.mjs';
import { directly, INNER, tunnel } from '../../lab/lib/tunnel.mjs';

const MTU = 1_420;
/** What a full packet carries beside IPv4, TCP and its timestamps. */
const PAYLOAD = MTU - 20 - 32;

/**
 * @param {import('../../lab/lib/lab.mjs').Lab} lab
 * @param {import('../../lab/lib/peer.mjs').Kind} kind
 */
async function throughput(lab, kind) {
  const { a, b } = await tunnel(await directly(lab), { left: kind, right: kind, mtu: MTU });
  await a.ping(INNER.b[4], { count: 3 });
  const before = (await a.cpu()) + (await b.cpu());
  const { megabits, bytes } = await iperf(a.host, b.host, INNER.b[4], { seconds: 3 });
  const used = (await a.cpu()) + (await b.cpu()) - before;
  return { value: megabits, cpuPerPacket: used / (bytes / PAYLOAD) };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'lab-proof',
    says: "the benchmark itself: current wireguard-go (as ours) against Debian's, one TCP stream over veth; CPU of both ends",
    unit: 'Mbit/s',
    better: 'higher',
    needsLab: true,
    ours: (lab) => throughput(lab, 'current'),
    reference: (lab) => throughput(lab, 'debian'),
  },
];
