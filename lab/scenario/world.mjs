// @ts-check
// The tailnet of a scenario in network namespaces: real kernels, NATs of nft, real time.
import { internet } from '../lib/internet.mjs';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { until } from '../lib/wait.mjs';
import { wire } from '../lib/wire.mjs';
import { Flow } from './flow.mjs';
import { disturbances, makePlace } from './place.mjs';

/**
 * @typedef {import('../../packages/simulation/src/scenario/scenario.js').Scenario} Scenario
 * @typedef {import('../../packages/simulation/src/scenario/scenario.js').Disturbance} Disturbance
 * @typedef {import('./place.mjs').Place} Place
 * @typedef {{ name: string, place: Place, node: import('../lib/tailnet-node.mjs').TailnetNode, address: string }} Member
 */

const KEY = 'scenario-key';
/** How long nodes may take to start and to hear of each other. */
const PATIENCE = 20_000;

/**
 * Nodes that know each other and where the others' relay is, and that talk.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {Scenario} scenario
 */
export async function openWorld(lab, { nodes, fibre }) {
  const { net, control } = await internet(lab, { authKey: KEY });
  /** @type {[string, Place][]} */
  const places = [];
  for (const [n, [name, plan]] of Object.entries(nodes).entries()) places.push([name, await makePlace(net, name, n, plan)]);
  const second = fibre === undefined ? undefined : await layFibre(lab, places, fibre);
  const started = places.map(async ([name, place]) => ({
    name,
    place,
    node: await tailnetNode(place.host, { control, authKey: KEY, everywhere: true }),
    address: '',
  }));
  const members = await acquainted(lab, await Promise.all(started));
  return new LabWorld(lab, members, second);
}

/**
 * Delay is halved: it is there in each direction.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {readonly [string, Place][]} places
 * @param {number} delay
 */
async function layFibre(lab, [left, right], delay) {
  if (left === undefined || right === undefined) throw new Error('a fibre lies between two nodes');
  const end = (/** @type {Place} */ { host }, /** @type {number} */ n) => ({ host, device: 'eth1', addresses: [`10.99.0.${n}/24`] });
  const fibre = await wire(lab, end(left[1], 1), end(right[1], 2), { role: 'fibre' });
  await fibre.set({ delayMs: delay });
  return fibre;
}

/**
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {readonly Member[]} members
 */
async function acquainted(lab, members) {
  return Promise.all(
    members.map(async (member) => {
      await until(lab, `${member.name} sees the others and their relays`, () => sees(member, members.length - 1), {
        deadline: PATIENCE,
        every: 100,
      });
      return { ...member, address: await member.node.address() };
    }),
  );
}

/** @param {Member} member @param {number} others */
async function sees({ node }, others) {
  const { peers } = await node.netmap();
  return peers.filter(({ homeRelay }) => homeRelay !== undefined).length === others;
}

export class LabWorld {
  /**
   * @param {import('../lib/lab.mjs').Lab} lab
   * @param {readonly Member[]} members
   * @param {Awaited<ReturnType<typeof wire>>} [fibre]
   */
  constructor(lab, members, fibre) {
    this.lab = lab;
    this.members = members;
    this.fibre = fibre;
    this.flows = members.flatMap((from) => members.filter((to) => to !== from).map((to) => new Flow(from, to)));
    lab.defer(() => this.flows.map((flow) => flow.stop()));
  }

  /** Does it. Silence counts anew. @param {Disturbance} what */
  async disturb(what) {
    this.lab.note(`${what.do}; before it silent for at most ${Math.round(Math.max(...this.flows.map(({ silence }) => silence)))} ms`);
    for (const flow of this.flows) flow.listen();
    if ('relay' in what) throw new Error('the lab plays no scenario that ends relays');
    if (what.do === 'fibre') return this.fibre?.set({ delayMs: what.delay });
    const member = this.members.find(({ name }) => name === what.node);
    if (member === undefined) throw new Error(`no node of the scenario is called ${what.node}`);
    return what.do === 'restart' ? restart(member) : disturbances[what.do](member.place);
  }

  /** What a path is; undefined while there is none. @param {Flow} flow @returns {Promise<'direct' | 'relay' | undefined>} */
  async pathKind({ from, to }) {
    const first = (await pathsOf(from))[to.name]?.ways[0];
    return first === undefined ? undefined : first.startsWith('udp:') ? 'direct' : 'relay';
  }

  /** All paths of all, for people. */
  paths() {
    return Promise.all(this.members.map(pathsOf));
  }
}

/** By the peer's name; nothing while there is no process. @param {Member} member */
function pathsOf({ node }) {
  return node.request('paths').catch(() => ({}));
}

/** @param {Member} member */
async function restart({ node }) {
  await node.kill();
  await node.start();
}
