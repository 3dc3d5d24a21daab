import { describe, expect, test } from 'vitest';
import { describe as describePeer, keptState, longestGap, type Member, Tailnet } from '../test/tailnet.js';
import { overTwoPaths, relayOnly } from './index.js';
import { EAGER_ROUNDS } from './probing/constants.js';

async function settle(net: Tailnet, ann: Member, bob: Member, milliseconds = 5_000): Promise<number> {
  await net.start();
  const first = await net.ping(ann, bob);
  const flow = await net.flow(ann, bob);
  await net.clock.advanceAsync(milliseconds);
  flow.stop();
  return first;
}

describe('E7: where the two are', () => {
  test('in the same LAN: the LAN is the path, although the outside of the NAT would do', async () => {
    const net = new Tailnet();
    const lan = net.net.lan('home');
    const inside = { inside: lan, insideAddress: '192.168.1.1/24', outside: net.net.internet, outsideAddress: '203.0.113.1/24' };
    const nat = net.net.nat('nat', { ...inside, filtering: 'endpoint-independent', hairpin: true });
    const [ann, bob] = ([2, 3] as const).map((i) =>
      net.join(net.net.host(`h${i}`, { ports: [{ on: lan, addresses: [`192.168.1.${i}/24`] }] }), nat),
    );
    await settle(net, ann!, bob!);
    expect(net.pathOf(ann!, bob!)).toBe('udp:192.168.1.3:41641');
    expect(net.pathOf(bob!, ann!)).toBe('udp:192.168.1.2:41641');
    await net.close();
  });

  test('behind one NAT in two LANs: by hairpin', async () => {
    const net = new Tailnet();
    const street = net.net.lan('street');
    net.net.nat('carrier', {
      inside: street,
      insideAddress: '10.1.0.1/16',
      outside: net.net.internet,
      outsideAddress: '203.0.113.1/24',
      hairpin: true,
    });
    const homes = ([2, 3] as const).map((i) => {
      const lan = net.net.lan(`home${i}`);
      const nat = net.net.nat(`nat${i}`, {
        inside: lan,
        insideAddress: '192.168.1.1/24',
        outside: street,
        outsideAddress: `10.1.0.${i}/16`,
      });
      return net.join(net.net.host(`h${i}`, { ports: [{ on: lan, addresses: [`192.168.1.${i}/24`] }] }), nat);
    });
    await settle(net, homes[0]!, homes[1]!);
    expect(net.pathOf(homes[0]!, homes[1]!)).toMatch(/^udp:203\.0\.113\.1:/);
    await net.close();
  });

  test('behind two NATs each: direct within five seconds', async () => {
    const net = new Tailnet();
    const homes = ([2, 3] as const).map((i) => {
      const [street, lan] = [net.net.lan(`street${i}`), net.net.lan(`home${i}`)];
      net.net.nat(`carrier${i}`, {
        inside: street,
        insideAddress: '100.64.0.1/24',
        outside: net.net.internet,
        outsideAddress: `203.0.113.${i}/24`,
      });
      const nat = net.net.nat(`nat${i}`, {
        inside: lan,
        insideAddress: `192.168.${i}.1/24`,
        outside: street,
        outsideAddress: '100.64.0.2/24',
      });
      return net.join(net.net.host(`h${i}`, { ports: [{ on: lan, addresses: [`192.168.${i}.2/24`] }] }), nat);
    });
    await settle(net, homes[0]!, homes[1]!);
    expect([net.isDirect(homes[0]!, homes[1]!), net.isDirect(homes[1]!, homes[0]!)]).toEqual([true, true]);
    await net.close();
  });

  test('with IPv6 only: direct', async () => {
    const net = new Tailnet();
    const [ann, bob] = ([2, 3] as const).map((i) =>
      net.join(net.net.host(`h${i}`, { ports: [{ on: net.net.internet, addresses: [`2001:db8::${i}/64`] }] }), undefined),
    );
    await settle(net, ann!, bob!);
    expect(net.pathOf(ann!, bob!)).toBe('udp:[2001:db8::3]:41641');
    await net.close();
  });
});

test('E8: UDP that was blocked at the start is used within two seconds of its opening', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place(), net.place()];
  for (const { host } of [ann, bob]) host.firewall.set({ udp: false });
  await net.start();
  const flow = await net.flow(ann, bob);
  await net.clock.advanceAsync(7_300);
  for (const { host } of [ann, bob]) host.firewall.set({ inbound: 'all' });
  await net.clock.advanceAsync(2_000);
  expect([net.isDirect(ann, bob), net.isDirect(bob, ann)]).toEqual([true, true]);
  flow.stop();
  await net.close();
});

test('E8: without UDP the relay carries everything, and probing stays at its rate', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place(), net.place()];
  bob.host.firewall.set({ udp: false });
  expect(await settle(net, ann, bob, 60_000)).toBeLessThanOrEqual(2_000);
  expect(net.pathOf(ann, bob)).toMatch(/^relay:/);
  const probes = ann.node.status().counters.find(({ scheme }) => scheme === 'udp')!.sentPackets;
  expect(probes).toBeLessThanOrEqual(EAGER_ROUNDS + 2 * 15);
  await net.close();
});

test('E6: the first packets go by relay, and the path is direct within a second', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place({ nat: 'port restricted' }), net.place({ nat: 'port restricted' })];
  const seen: string[] = [];
  await net.start();
  ann.node.paths$.subscribe(({ primary, reason }) => seen.push(`${primary?.scheme} ${reason}`));
  await net.ping(ann, bob);
  await net.clock.advanceAsync(1_000);
  expect(seen.at(-1)).toBe('udp direct: the path answers');
  expect(net.isDirect(bob, ann)).toBe(true);
  await net.close();
});

test('paths$ says where, since when and why, and what else there was', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place(), net.place()];
  await settle(net, ann, bob);
  const changes: { since: number; reason: string; candidates: readonly { relay: boolean }[] }[] = [];
  ann.node.paths$.subscribe((change) => changes.push(change));
  bob.host.firewall.set({ udp: false });
  const flow = await net.flow(ann, bob);
  await net.clock.advanceAsync(3_000);
  const [doubt] = changes.slice(-1);
  expect(doubt).toMatchObject({ reason: 'direct: it does not answer just now, the relay gets copies' });
  expect(doubt!.since).toBeGreaterThan(net.clock.now() - 3_000);
  expect(doubt!.candidates.map(({ relay }) => relay).sort()).toEqual([false, true]);
  flow.stop();
  await net.close();
});

test('relayOnly: no packet goes direct, though the path is known', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place({ policy: relayOnly }), net.place()];
  await settle(net, ann, bob);
  expect(net.pathOf(ann, bob)).toMatch(/^relay:/);
  expect(net.isDirect(bob, ann)).toBe(true);
  await net.close();
});

test('overTwoPaths: a path that dies costs no packet', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place({ policy: overTwoPaths() }), net.place()];
  await settle(net, ann, bob);
  const flow = await net.flow(ann, bob);
  await net.clock.advanceAsync(2_000);
  bob.host.firewall.set({ udp: false });
  await net.clock.advanceAsync(10_000);
  flow.stop();
  await net.clock.advanceAsync(1_000);
  const numbers = [...flow.heard.keys()].sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 121 }, (_, i) => i));
  await net.close();
});

describe('E11: a peer that begins anew', () => {
  test('killed and started again with the same node key and a new disco key: reachable within two seconds of that, and direct within five', async () => {
    const net = new Tailnet();
    const state = keptState();
    const [ann, old] = [net.place({ nat: 'port restricted' }), net.place({ nat: 'port restricted', state })];
    await settle(net, ann, old);
    expect(net.isDirect(ann, old)).toBe(true);
    const bob = await net.restart(old, state);
    const from = net.clock.now();
    const flow = await net.flow(ann, bob);
    await net.clock.advanceAsync(4_500);
    expect(Math.min(...flow.heard.values()) - from).toBeLessThanOrEqual(2_000);
    expect(longestGap(flow, from + 2_000, net.clock.now())).toBeLessThanOrEqual(500);
    expect([net.isDirect(ann, bob), net.isDirect(bob, ann)]).toEqual([true, true]);
    flow.stop();
    await net.close();
  });
});

test('E12: two machines with one node key are shown as the health of disco', async () => {
  const net = new Tailnet();
  const state = keptState();
  const [ann, bob, clone] = [net.place(), net.place({ state }), net.place({ state, address: '10.0.0.2' })];
  for (const { host } of [ann, bob, clone]) host.firewall.set({ udp: false });
  await net.start();
  const peers = (except: Member): void => void except.control.patch({ removed: [except.address] });
  for (const member of [bob, clone]) peers(member);
  ann.control.patch({ set: [describePeer(bob)] });
  const flows = [await net.flow(bob, ann), await net.flow(clone, ann)];
  await net.clock.advanceAsync(60_000);
  const { health } = ann.node.status().plugins.find(({ name }) => name === '@heddle/path-disco')!;
  expect(health).toMatchObject({ ok: false, code: 'HEDDLE_DUPLICATE_NODE_KEY' });
  for (const flow of flows) flow.stop();
  await net.close();
});
