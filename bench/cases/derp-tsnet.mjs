// @ts-check
import { measured, relayedSite } from '../rigs/relayed-pair.mjs';

const SECONDS = 5;
const CONNECTIONS = 1_000;
/** What a full packet carries at the MTU of a tailnet, beside IPv4, TCP and its timestamps. */
const PAYLOAD = 1_280 - 20 - 32;

/** @typedef {import('../../lab/lib/lab.mjs').Lab} Lab */
/** @typedef {import('../rigs/relayed-pair.mjs').Kind} Kind */

/**
 * @param {Lab} lab
 * @param {Kind} kind
 * @param {{ seconds: number, connections: number }} amount
 */
async function between(lab, kind, amount) {
  const { hosts, url } = await relayedSite(lab);
  return measured(kind, { url, server: hosts.b, client: hosts.a, ...amount });
}

/**
 * @param {Lab} lab
 * @param {Kind} kind
 */
async function throughput(lab, kind) {
  const { moved } = await between(lab, kind, { seconds: SECONDS, connections: 0 });
  const { bytes, seconds, cpu } = moved;
  return { value: (bytes * 8) / seconds / 1e9, cpuPerPacket: (cpu * 1e6) / (bytes / PAYLOAD) };
}

/**
 * @param {Lab} lab
 * @param {Kind} kind
 */
async function connections(lab, kind) {
  const { connected } = await between(lab, kind, { seconds: 0.2, connections: CONNECTIONS });
  const [p50, p99] = [CONNECTIONS / 2, CONNECTIONS * 0.99].map((at) => Number(connected[at]));
  console.log(`    ${kind}: p50 ${p50?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms`);
  return { value: Number(p50) };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'derp-tsnet',
    says: 'one stream between two nodes of ours with netstack that have nothing but a derper, against two of tsnet through the same; at least 1x; CPU of the sender',
    unit: 'Gbit/s',
    better: 'higher',
    needsLab: true,
    ours: (lab) => throughput(lab, 'ours'),
    reference: (lab) => throughput(lab, 'tsnet'),
  },
  {
    name: 'derp-tsnet-connections',
    says: `${CONNECTIONS} connections in a row between such nodes after as many to warm up, p50 of the time to open: node.connect() against Dial of tsnet; at most 1.5x`,
    unit: 'ms',
    better: 'lower',
    needsLab: true,
    ours: (lab) => connections(lab, 'ours'),
    reference: (lab) => connections(lab, 'tsnet'),
  },
];
