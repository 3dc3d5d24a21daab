// @ts-check
// Two nodes of a tailnet whose direct path comes and goes, and the relay between them.
import { addIPv6, CENTRE, hostIn, internet, internet46, PORT, placed, routerIn } from '../lib/internet.mjs';
import { addAddresses, defaultRoute } from '../lib/link.mjs';
import { natRouter } from '../lib/nat.mjs';
import { pass, until } from '../lib/wait.mjs';
import { wire } from '../lib/wire.mjs';
import { KEY } from './control.mjs';
import { acquainted, mate, reaches } from './mate.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('./mate.mjs').Mate} Mate
 * @typedef {import('./mate.mjs').MateKind} MateKind
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 */

/** Names of the hosts. */
const [LEFT, RIGHT] = ['a', 'b'];

/**
 * Two hosts in one network, and a node on each.
 * @param {Lab} lab
 * @param {{ left: MateKind, right: MateKind, noUdp?: 'both' | 'right' }} options where UDP is dropped from the start
 */
export async function pairOf(lab, { left, right, noUdp }) {
  const made = await internet(lab, { authKey: KEY });
  const hosts = [await hostIn(made.net, LEFT, 11), await hostIn(made.net, RIGHT, 12)];
  const deaf = noUdp === undefined ? [] : hosts.slice(noUdp === 'right' ? 1 : 0);
  for (const host of deaf) await dropUdp(host);
  const options = { control: made.control, authKey: KEY };
  const [a, b] = await Promise.all(hosts.map((host, n) => mate(n === 0 ? left : right, host, options)));
  if (a === undefined || b === undefined) throw new Error('there are two hosts');
  await acquainted([a, b]);
  return { ...made, a, b };
}

/**
 * The same, with the first node behind a NAT that lets in whom it has sent to.
 * @param {Lab} lab
 * @param {{ left: MateKind, right: MateKind }} kinds
 */
export async function behindNat(lab, { left, right }) {
  const { net, control } = await internet(lab, { authKey: KEY });
  const inside = await routerIn(net, 'a-nat', { last: 11, inside: '10.78.1' });
  await natRouter(inside.router, 'restricted', { outside: 'outside', inside: '', port: PORT });
  const hosts = { a: await hostIn(inside, LEFT, 2), b: await hostIn(net, RIGHT, 12) };
  const options = { control, authKey: KEY };
  const [a, b] = await Promise.all([mate(left, hosts.a, options), mate(right, hosts.b, options)]);
  await acquainted([a, b]);
  return { a, b, nat: inside.router };
}

/**
 * Two hosts, of which the first has IPv4 alone and the second both, and a node on each.
 * @param {Lab} lab
 * @param {{ left: MateKind, right: MateKind }} kinds
 */
export async function fourAndBoth(lab, { left, right }) {
  const { net, control } = await internet46(lab, { authKey: KEY });
  const hosts = { a: await hostIn(net, LEFT, 11), b: await hostIn(net, RIGHT, 12) };
  await addIPv6(hosts.b, 12);
  const options = { control, authKey: KEY };
  const [a, b] = await Promise.all([mate(left, hosts.a, options), mate(right, hosts.b, options)]);
  await acquainted([a, b]);
  return { a, b };
}

/**
 * Two hosts behind symmetric NATs, a cable between them that may be impaired, and a node on each: by the cable or by the relay.
 * @param {Lab} lab
 * @param {{ left: MateKind, right: MateKind }} kinds
 */
export async function overFibre(lab, { left, right }) {
  const { net, control } = await internet(lab, { authKey: KEY });
  const hosts = {
    a: await placed(net, { name: LEFT, kind: 'symmetric', number: 1 }),
    b: await placed(net, { name: RIGHT, kind: 'symmetric', number: 2 }),
  };
  const end = (/** @type {Namespace} */ host, /** @type {number} */ n) => ({ host, device: 'eth1', addresses: [`10.99.0.${n}/24`] });
  const fibre = await wire(lab, end(hosts.a, 1), end(hosts.b, 2), { role: 'fibre' });
  const options = { control, authKey: KEY };
  const [a, b] = await Promise.all([mate(left, hosts.a, options), mate(right, hosts.b, options)]);
  await acquainted([a, b]);
  return { a, b, fibre };
}

/**
 * What is seen for a while, without repetitions in a row.
 * @param {Lab} lab
 * @param {() => Promise<string | undefined>} look
 * @param {number} milliseconds
 */
export async function distinct(lab, look, milliseconds) {
  const seen = [await look()];
  for (const end = performance.now() + milliseconds; performance.now() < end; await pass(lab, 100)) {
    const now = await look();
    if (now !== seen.at(-1)) seen.push(now);
  }
  return seen;
}

/**
 * Takes the only address of IPv4 from a host, with its default route, and gives it one of IPv6 instead.
 * @param {Namespace} host
 * @param {string} from
 * @param {number} last part of the new address
 */
export async function moveToIPv6(host, from, last) {
  await host.ip('addr', 'del', `${from}/24`, 'dev', 'eth0');
  await addIPv6(host, last);
}

/**
 * Gives a host a hundred addresses, one after the other, in ten seconds; and pulls the cable between them now and then.
 * @param {Namespace} host
 * @param {string} from
 * @returns {Promise<string>} the last one
 */
export async function restless(host, from) {
  const prefix = from.replace(/\d+$/, '');
  const script = `
    old=${from}
    for last in $(seq 101 200); do
      ip addr del $old/24 dev eth0
      if [ $((last % 10)) = 0 ]; then ip link set eth0 down; ip link set eth0 up; fi
      ip addr add ${prefix}$last/24 dev eth0
      ip route replace default via ${CENTRE}
      old=${prefix}$last
      sleep 0.08
    done`;
  await host.exec(['sh', '-e', '-c', script]);
  return `${prefix}200`;
}

/**
 * From now on no UDP comes into the host. Nobody is told: a rule for what leaves it would answer each sender with EPERM.
 * @param {Namespace} host
 */
export async function dropUdp(host) {
  await host.nft('table inet no_udp { chain in { type filter hook input priority 0; iifname "eth0" meta l4proto udp drop; }; }');
}

/** @param {Namespace} host */
export async function openUdp(host) {
  await host.nft('delete table inet no_udp');
}

/**
 * Pulls the cable, and puts it in again.
 * @param {Namespace} host
 */
export async function replug(host) {
  await host.ip('link', 'set', 'eth0', 'down');
  await pass(host.lab, 1_000);
  await host.ip('link', 'set', 'eth0', 'up');
  await defaultRoute(host, CENTRE);
}

/**
 * Gives a host another address, as another network does.
 * @param {Namespace} host
 * @param {string} from
 * @param {string} to
 */
export async function moveTo(host, from, to) {
  await host.ip('addr', 'del', `${from}/24`, 'dev', 'eth0');
  await addAddresses(host, 'eth0', [`${to}/24`]);
  await defaultRoute(host, CENTRE);
}

/**
 * Waits until both send directly.
 * @param {Lab} lab
 * @param {Mate} a
 * @param {Mate} b
 */
export async function direct(lab, a, b) {
  await talking(a, b, () =>
    until(lab, 'both send directly', async () => (await a.direct(b.name)) && (await b.direct(a.name)), { deadline: 20_000 }),
  );
}

/**
 * Counts from now on what passes between a host and the relay.
 * @param {Namespace} host
 */
export async function relayCounter(host) {
  await host.nft(`
    table inet relayed {
      counter seen { }
      chain in { type filter hook input priority 0; tcp sport 443 counter name seen; }
      chain out { type filter hook output priority 0; tcp dport 443 counter name seen; }
    }
  `);
  return async () => {
    const said = await host.exec(['nft', '-j', 'list', 'counter', 'inet', 'relayed', 'seen']);
    return /** @type {number} */ (JSON.parse(said).nftables[1].counter.bytes);
  };
}

/**
 * Keeps packets going from one to the other for as long as something else goes on.
 * @template T
 * @param {Mate} from
 * @param {Mate} to
 * @param {() => Promise<T>} meanwhile
 */
export async function talking(from, to, meanwhile) {
  let over = false;
  const talk = async () => {
    while (!over) {
      await from.ping(to.address, 200);
      await pass(from.host.lab, 50);
    }
  };
  const [, result] = await Promise.all([talk(), meanwhile().finally(() => (over = true))]);
  return result;
}

/**
 * Opens UDP to two nodes that never had it, again and again with another second node: milliseconds until that one sends directly, sorted.
 * @param {Lab} lab
 * @param {Awaited<ReturnType<typeof pairOf>>} first
 * @param {{ runs: number, kind: MateKind }} options
 */
export async function upgrades(lab, first, { runs, kind }) {
  const times = [await upgrade(lab, first)];
  for (let n = 1; n < runs; n++) {
    const { a } = first;
    const host = await hostIn(first.net, `${RIGHT}${n}`, 12 + n);
    for (const each of [a.host, host]) await dropUdp(each);
    const b = await mate(kind, host, { control: first.control, authKey: KEY });
    await until(lab, 'they know each other', async () => (await a.sees(n + 1)) && (await b.sees(n + 1)), { every: 100 });
    await reaches(b, a, 10_000);
    times.push(await upgrade(lab, { a, b }));
  }
  return times.sort((x, y) => x - y);
}

/**
 * @param {Lab} lab
 * @param {{ a: Mate, b: Mate }} pair
 */
function upgrade(lab, { a, b }) {
  return talking(b, a, async () => {
    for (const { host } of [a, b]) await openUdp(host);
    const begun = performance.now();
    await until(lab, `${b.name} sends directly`, () => b.direct(a.name));
    return performance.now() - begun;
  });
}
