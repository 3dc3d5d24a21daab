// @ts-check
import { sourceBundle } from '../rigs/source-bundle.mjs';

/** @typedef {import('../../packages/control-ts2021/src/map/index.js').MapSession} Session */

const { MapSession } = /** @type {{ MapSession: new () => Session }} */ (await sourceBundle('packages/control-ts2021/src/map/index.ts'));
const PEERS = 10_000;
const FEW = 100;
const PATCHES = 2_000;
const WALL = 1_790_000_000_000;

/** @param {unknown} frame */
const bytesOf = (frame) => new TextEncoder().encode(JSON.stringify(frame));
/**
 * @param {string} kind
 * @param {number} n
 */
const key = (kind, n) => `${kind}key:${(n * 2_654_435_761).toString(16).padStart(64, 'a')}`;

/** @param {number} n */
function node(n) {
  const addresses = [
    `100.${64 + (n >> 14)}.${(n >> 6) & 255}.${(n & 63) + 1}/32`,
    `fd7a:115c:a1e0::${(n >> 8) + 1}:${(n & 255).toString(16)}/128`,
  ];
  return {
    ID: n,
    StableID: `n${n}CNTRL`,
    Name: `host-${n}.tail.example.`,
    User: 1 + (n % 50),
    Key: key('node', n),
    DiscoKey: key('disco', n),
    Addresses: addresses,
    AllowedIPs: addresses,
    Endpoints: [`203.0.113.${(n % 254) + 1}:41641`, `192.168.1.${(n % 254) + 1}:41641`],
    HomeDERP: 1 + (n % 20),
    Hostinfo: { OS: 'linux', Hostname: `host-${n}`, Services: [{ Proto: 'peerapi4', Port: 40_000 }] },
    Created: '2026-01-02T03:04:05Z',
    KeyExpiry: '2027-01-01T00:00:00Z',
    MachineAuthorized: true,
    Online: true,
  };
}

/** @param {number} peers */
const whole = (peers) => bytesOf({ Node: node(1), Peers: Array.from({ length: peers }, (_, i) => node(i + 2)) });
const frame = whole(PEERS);

/** @param {number} peers a session that knows so many, and one patch after the other */
function patchTime(peers) {
  const session = new MapSession();
  session.apply(whole(peers), WALL);
  const patches = Array.from({ length: PATCHES }, (_, i) =>
    bytesOf({ PeersChangedPatch: [{ NodeID: 2 + (i % FEW), Endpoints: [`192.0.2.1:${i + 1}`] }] }),
  );
  const begin = performance.now();
  for (const patch of patches) if (session.apply(patch, WALL).patch?.set.length !== 1) throw new Error('each patch changes one peer');
  return (performance.now() - begin) / PATCHES;
}

function wholeTime() {
  const session = new MapSession();
  const begin = performance.now();
  const { patch } = session.apply(frame, WALL);
  const taken = performance.now() - begin;
  if (patch?.set.length !== PEERS) throw new Error('each node becomes a peer');
  return taken;
}

function parseTime() {
  const begin = performance.now();
  JSON.parse(new TextDecoder().decode(frame));
  return performance.now() - begin;
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'netmap',
    says: `a whole map of ${PEERS} peers (${(frame.length / 1e6).toFixed(1)} MB) to its netmap patch, against JSON.parse alone; ours at most 700`,
    unit: 'ms',
    better: 'lower',
    ours: async () => ({ value: wholeTime() }),
    reference: async () => ({ value: parseTime() }),
  },
  {
    name: 'netmap-patch',
    says: `a patch of one peer among ${PEERS}, against one among ${FEW}; ours at most 0.5`,
    unit: 'ms',
    better: 'lower',
    ours: async () => ({ value: patchTime(PEERS) }),
    reference: async () => ({ value: patchTime(FEW) }),
  },
];
