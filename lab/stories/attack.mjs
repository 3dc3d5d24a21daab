// @ts-check
// A node of ours that talks to wireguard-go while somebody floods its port from a third host.
import { cable } from '../lib/link.mjs';
import { namespace } from '../lib/namespace.mjs';
import { ourNode } from '../lib/our-node.mjs';
import { startPeer } from '../lib/peer.mjs';
import { directly, INNER, PORT, peerOf, tunnel } from '../lib/tunnel.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';
import { program } from '../peers.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/our-node.mjs').OurNode} OurNode
 * @typedef {'random' | 'bad-mac1' | 'initiations' | 'cookies' | 'indices'} FloodKind
 * @typedef {{ kind: FloodKind, rate: number, seconds: number, spoofed?: boolean }} Flood
 * @typedef {{ sent: number, failed: number, seconds: number, answers: Record<string, number> }} FloodReport
 * @typedef {Awaited<ReturnType<typeof field>>} Field
 */

const VICTIM = '10.79.0.1';
const ATTACKER = '10.79.0.2';
const NEWCOMER = { outer: '10.80.0.2', inner: '10.88.0.3' };
/** RFC 2544 gives it to tests like this; what is sent there goes to the attacker, who does not read it. */
const SPOOFED = '198.18.0.0/16';

/**
 * Ours on host b with a tunnel to wireguard-go on host a; an attacker and a newcomer each have a cable to b of their own.
 * @param {Lab} lab
 */
export async function field(lab) {
  const underlay = await directly(lab);
  const attacker = await namespace(lab, 'c');
  const newcomer = await namespace(lab, 'd');
  const { b } = underlay;
  await cable({ host: b, device: 'eth1', addresses: [`${VICTIM}/24`] }, { host: attacker, device: 'eth0', addresses: [`${ATTACKER}/24`] });
  await cable(
    { host: b, device: 'eth2', addresses: ['10.80.0.1/24'] },
    { host: newcomer, device: 'eth0', addresses: [`${NEWCOMER.outer}/24`] },
  );
  await b.ip('route', 'add', SPOOFED, 'via', ATTACKER);
  // Link-local addresses come late, and a node that sees a new address builds its sockets anew: not in the middle of a measurement.
  await until(lab, 'the addresses are settled', async () => (await b.ip('-6', 'addr', 'show', 'tentative')).trim() === '');
  const { a, b: victim, keys } = await tunnel(underlay, { left: 'current', right: 'ours' });
  return { lab, peer: a, victim: /** @type {OurNode} */ (victim), keys, attacker, newcomer };
}

/**
 * Floods the victim for so long and says what was sent.
 * @param {Field} field
 * @param {Flood} flood
 * @returns {Promise<FloodReport>}
 */
export async function flood({ attacker, keys }, { kind, rate, seconds, spoofed = false }) {
  const how = ['-to', `${VICTIM}:${PORT}`, '-kind', kind, '-key', keys.b.public, '-rate', `${rate}`, '-for', `${seconds}s`];
  const from = spoofed ? ['-from', SPOOFED] : ['-source', ATTACKER];
  return JSON.parse(await attacker.exec([await program('flood'), ...how, ...from], { deadline: seconds * 1_000 + 15_000 }));
}

/**
 * Drops of the victim so far, by reason.
 * @param {Field} field
 * @returns {Promise<Record<string, number>>}
 */
export async function drops({ victim }) {
  return (await victim.request('status')).drops;
}

/**
 * Echoes that the victim gets through the tunnel, and how long its event loop was busy at a time.
 * @param {Field} field
 * @param {number} seconds
 * @returns {Promise<{ answered: number, lost: number, delay: number }>}
 */
export function blast({ victim }, seconds) {
  return victim.request('blast', { address: INNER.a[4], seconds, parallel: 64 }, { deadline: (seconds + 15) * 1_000 });
}

/**
 * A peer that the victim knows but has never met.
 * @param {Field} field
 * @param {import('../lib/peer.mjs').Kind} kind
 */
export async function arrive({ victim, keys, newcomer }, kind) {
  const key = newKeyPair();
  const options = { key, port: PORT, addresses: [`${NEWCOMER.inner}/24`] };
  const peer = await (kind === 'ours' ? ourNode(newcomer, options) : startPeer(newcomer, kind, options));
  await victim.setPeer({ publicKey: key.public, allowedIps: [`${NEWCOMER.inner}/32`] });
  await peer.setPeer({ ...peerOf('b', keys.b.public), endpoint: `10.80.0.1:${PORT}` });
  return peer;
}
