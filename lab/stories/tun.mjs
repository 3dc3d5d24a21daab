// @ts-check
// What a node whose Stack is the kernel does to its host, and what it leaves.
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { namespace } from '../lib/namespace.mjs';
import { TunNode, tunNode } from '../lib/tun-node.mjs';
import { directly, INNER, PORT, peerOf } from '../lib/tunnel.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 */

const KILLS = 20;
/** Milliseconds between its start and its end. */
const WORK = 100;
const NAME_SERVERS = 'nameserver 10.77.0.53\nsearch before.example\n';

/**
 * Gives a host a resolv.conf of its own, as `ip netns exec` mounts it. Programs that were started before do not see it.
 * @param {Namespace} host
 */
export async function ownResolvConf(host) {
  const folder = join('/etc/netns', host.name);
  host.lab.defer(() => rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'resolv.conf');
  await writeFile(path, NAME_SERVERS);
  return path;
}

/**
 * A node on host a that takes the whole machine into the tunnel, name servers as well.
 * @param {string} publicKey of the other side
 */
function wholeMachine(publicKey) {
  return {
    key: newKeyPair(),
    port: PORT,
    addresses: [`${INNER.a[4]}/24`, `${INNER.a[6]}/64`],
    dns: [INNER.b[4]],
    peers: [{ ...peerOf('b', publicKey), allowedIps: ['0.0.0.0/0', '::/0'] }],
  };
}

/**
 * Rules, routes of all tables, and name servers.
 * @param {Namespace} host
 * @param {string} resolvConf
 */
async function hostState(host, resolvConf) {
  const asked = [['rule'], ['-6', 'rule'], ['route', 'show', 'table', 'all'], ['-6', 'route', 'show', 'table', 'all'], ['-br', 'link']];
  const parts = await Promise.all(asked.map((args) => host.ip(...args)));
  return [...parts, await readFile(resolvConf, 'utf8')].join('\n');
}

/**
 * F13: the node is killed while it starts, works and stops; each next start finds the host changed and leaves it as it was.
 * @param {Lab} lab
 */
export async function killedAndCleanedUp(lab) {
  const { a } = await directly(lab);
  const resolvConf = await ownResolvConf(a);
  await until(lab, 'addresses that are settled', async () => !(await a.ip('-6', 'addr')).includes('tentative'));
  const before = await hostState(a, resolvConf);
  const node = new TunNode(a, wholeMachine(newKeyPair().public));
  const random = seeded(20_261_121);
  let changed = 0;
  let duration = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    await node.spawn();
    await node.request('cleanUp', { stateFolder: node.stateFolder });
    assert.equal(await hostState(a, resolvConf), before, `the host after kill ${kill}`);
    const began = performance.now();
    const life = liveAndEnd(node).catch(() => {});
    if (kill === 0) {
      await life;
      duration = performance.now() - began;
    } else await sleep(random() * duration);
    await node.kill();
    await until(lab, 'the interface is gone', async () => !(await a.ip('-br', 'link')).includes(node.device));
    if ((await hostState(a, resolvConf)) !== before) changed++;
  }
  await node.start();
  await node.request('close');
  assert.equal(await hostState(a, resolvConf), before, 'the host after a start and an orderly end');
  assert.ok(changed >= 1, `only ${changed} of ${KILLS} kills left anything behind: they come at the wrong time`);
  lab.note(`${changed} of ${KILLS} kills left something behind; a life takes ${Math.round(duration)} ms`);
}

/** @param {TunNode} node */
async function liveAndEnd(node) {
  await node.begin();
  await sleep(WORK);
  await node.request('close');
}

/** @param {number} seed */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * With the default route in the tunnel the node's own datagrams still go outside, and the local network is reached directly.
 * @param {Lab} lab
 */
export async function defaultRouteDoesNotLoop(lab) {
  const { a, b } = await directly(lab);
  await ownResolvConf(a);
  await ownResolvConf(b);
  const far = newKeyPair();
  const options = wholeMachine(far.public);
  const other = { key: far, port: PORT, addresses: [`${INNER.b[4]}/24`, `${INNER.b[6]}/64`, '192.0.2.7/32'] };
  await tunNode(b, { ...other, peers: [peerOf('a', options.key.public)] });
  const near = await tunNode(a, options);
  for (const address of [INNER.b[4], INNER.b[6], '192.0.2.7']) {
    const { received } = await near.ping(address, { count: 5 });
    assert.equal(received, 5, `echoes from ${address}`);
  }
  const { tx } = await near.peer(far.public);
  assert.equal((await near.ping('10.77.0.2', { count: 5 })).received, 5, 'the local network');
  assert.equal((await near.peer(far.public)).tx, tx, 'the local network was reached through the tunnel');
  assert.equal(await readFile(join('/etc/netns', a.name, 'resolv.conf'), 'utf8'), `nameserver ${INNER.b[4]}\n`);
}

const EXAMPLE = fileURLToPath(new URL('../../examples/one-line-stack-swap/main.mjs', import.meta.url));

/**
 * The same application over a TCP/IP stack of ours and over the kernel's says the same.
 * @param {Lab} lab
 */
export async function sameApplication(lab) {
  const host = await namespace(lab, 'a');
  await ownResolvConf(host);
  const ours = await host.exec([process.execPath, EXAMPLE]);
  const kernels = await host.exec([process.execPath, EXAMPLE, '--tun']);
  assert.match(ours, /^(.+\n){6}$/);
  assert.equal(kernels, ours);
}

/**
 * Every rule of a Stack, with the kernel of a host behind it.
 * @param {Lab} lab
 */
export async function keepsAllRules(lab) {
  const host = await namespace(lab, 'a');
  await ownResolvConf(host);
  const script = fileURLToPath(new URL('../nodes/tun-rules.mjs', import.meta.url));
  const { kept, broken } = JSON.parse(
    await host.exec([process.execPath, script, lab.path('state'), lab.unique('r%d')], { deadline: 60_000 }),
  );
  assert.deepEqual(broken, []);
  assert.ok(kept > 50, `${kept} rules`);
  lab.note(`${kept} rules`);
}

/**
 * What somebody else does to the interface: down and up, another MTU, another name, and its end.
 * @param {Lab} lab
 */
export async function linkChanges(lab) {
  const { a, b } = await directly(lab);
  const [ka, kb] = [newKeyPair(), newKeyPair()];
  const near = await tunNode(a, {
    key: ka,
    port: PORT,
    addresses: [`${INNER.a[4]}/24`, `${INNER.a[6]}/64`],
    peers: [peerOf('b', kb.public)],
  });
  await tunNode(b, { key: kb, port: PORT, addresses: [`${INNER.b[4]}/24`, `${INNER.b[6]}/64`], peers: [peerOf('a', ka.public)] });
  const answers = async (/** @type {4 | 6} */ version) => (await near.ping(INNER.b[version], { count: 3, wait: 0.5 })).received;
  assert.equal(await answers(4), 3);
  await a.ip('link', 'set', near.device, 'down');
  await until(lab, 'health says that it is down', async () => JSON.stringify(await near.request('status')).includes('HEDDLE_TUN_DOWN'));
  await a.ip('link', 'set', near.device, 'up');
  await until(lab, 'IPv4 again', async () => (await answers(4)) === 3);
  await until(lab, 'IPv6 again', async () => (await answers(6)) === 3);
  await a.ip('link', 'set', near.device, 'mtu', '9000');
  await a.ip('link', 'set', near.device, 'down');
  const renamed = lab.unique('ren');
  await a.ip('link', 'set', near.device, 'name', renamed);
  await a.ip('link', 'set', renamed, 'up');
  await until(lab, 'it works under another name', async () => (await answers(4)) === 3);
  await a.ip('link', 'del', renamed);
  await until(lab, 'its end is told', async () => near.events.some(({ event }) => event === 'deleted'));
  await until(lab, 'no rule is left', async () => !(await a.ip('rule')).includes('fwmark'));
  const told = near.events.filter(({ event }) => event === 'link').map(({ data }) => data);
  assert.ok(told.some(({ mtu }) => mtu === 9_000) && told.some(({ name }) => name === renamed), JSON.stringify(told));
}
