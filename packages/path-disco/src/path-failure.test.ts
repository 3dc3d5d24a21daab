import { describe, expect, test } from 'vitest';
import { type Flow, longestGap, type Member, type PlaceOptions, Tailnet } from '../test/tailnet.js';

interface Talk {
  readonly net: Tailnet;
  readonly ann: Member;
  readonly bob: Member;
  /** From ann to bob, and back. */
  readonly flows: readonly [Flow, Flow];
}

/** Two nodes that talk over a direct path. */
async function talk(a: PlaceOptions = {}, b: PlaceOptions = {}): Promise<Talk> {
  const net = new Tailnet();
  const [ann, bob] = [net.place(a), net.place(b)];
  await net.start();
  const flows = [await net.flow(ann, bob), await net.flow(bob, ann)] as const;
  await net.clock.advanceAsync(6_000);
  expect([net.isDirect(ann, bob), net.isDirect(bob, ann)]).toEqual([true, true]);
  return { net, ann, bob, flows };
}

/** Does something to the network, and says for how long nothing arrived, each way, in the time after it. */
async function disturbed({ net, flows }: Talk, disturb: () => void, lasting = 20_000): Promise<readonly number[]> {
  const at = net.clock.now();
  disturb();
  await net.clock.advanceAsync(lasting);
  return flows.map((flow) => longestGap(flow, at, net.clock.now()));
}

function blockUdp({ host }: Member): void {
  host.firewall.set({ udp: false });
}

describe('E4: the direct path dies silently', () => {
  test('the relay takes over within two seconds, and what flows goes on', async () => {
    const both = await talk();
    for (const gap of await disturbed(both, () => blockUdp(both.bob))) expect(gap).toBeLessThanOrEqual(2_000);
    expect(both.net.pathOf(both.ann, both.bob)).toMatch(/^relay:/);
    await both.net.close();
  });

  test('in one direction only, too', async () => {
    const both = await talk();
    const gaps = await disturbed(both, () => both.bob.host.firewall.set({ inbound: 'none' }));
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(2_000);
    await both.net.close();
  });

  test('when it is healed, packets go direct again within ten seconds', async () => {
    const both = await talk();
    await disturbed(both, () => blockUdp(both.bob));
    const gaps = await disturbed(both, () => both.bob.host.firewall.set({ inbound: 'all' }), 10_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(500);
    expect([both.net.isDirect(both.ann, both.bob), both.net.isDirect(both.bob, both.ann)]).toEqual([true, true]);
    await both.net.close();
  });
});

describe('E5: a path that comes and goes', () => {
  test('flapping every two seconds: at most one switch in five seconds, and the flow goes on by relay', async () => {
    const both = await talk();
    const switches: (string | undefined)[] = [];
    both.ann.node.paths$.subscribe(({ primary }) => {
      if (switches.at(-1) !== primary?.text) switches.push(primary?.text);
    });
    for (let i = 0; i < 15; i++) {
      both.bob.host.firewall.set(i % 2 === 0 ? { udp: false } : { inbound: 'all' });
      await both.net.clock.advanceAsync(2_000);
    }
    expect(switches.length).toBeLessThanOrEqual(6);
    const last = Math.max(...both.flows[0].heard.values());
    expect(last).toBeGreaterThan(both.net.clock.now() - 1_000);
    await both.net.close();
  });

  test('3.1 times the usual delay: the relay, which is faster now, takes over within ten seconds; what recovers is used again', async () => {
    const both = await talk();
    await both.net.clock.advanceAsync(15_000);
    const link = both.bob.host.link();
    const delays = (delay: number): void => {
      for (const direction of [link.up, link.down]) direction.set({ delay });
    };
    delays(52);
    await both.net.clock.advanceAsync(10_000);
    expect(both.net.pathOf(both.ann, both.bob)).toMatch(/^relay:/);
    delays(10);
    await both.net.clock.advanceAsync(30_000);
    expect([both.net.isDirect(both.ann, both.bob), both.net.isDirect(both.bob, both.ann)]).toEqual([true, true]);
    await both.net.close();
  });

  test('2.9 times the usual delay moves nothing', async () => {
    const both = await talk();
    await both.net.clock.advanceAsync(15_000);
    const changes: string[] = [];
    both.ann.node.paths$.subscribe(({ reason }) => changes.push(reason));
    const link = both.bob.host.link();
    for (const direction of [link.up, link.down]) direction.set({ delay: 47 });
    await both.net.clock.advanceAsync(30_000);
    expect(changes).toEqual([]);
    await both.net.close();
  });

  test('a jitter of a fifth moves nothing: at most one switch in ten minutes', async () => {
    const both = await talk();
    let switches = 0;
    both.ann.node.paths$.subscribe(() => switches++);
    for (const flow of both.flows) flow.stop();
    for (let i = 0; i < 600; i++) {
      both.bob.host.link().up.set({ delay: 8 + ((i * 7) % 5) });
      await both.net.ping(both.ann, both.bob);
      await both.net.clock.advanceAsync(900);
    }
    expect(switches).toBeLessThanOrEqual(1);
    await both.net.close();
  });
});

describe('E9: NATs that forget', () => {
  const forgetful = { mapping: 'endpoint-independent', filtering: 'address-and-port-dependent', timeout: 10_000 } as const;

  test('a mapping that times out after ten seconds is kept alive while packets flow one way', async () => {
    const both = await talk({ nat: forgetful }, { nat: forgetful });
    both.flows[1].stop();
    await both.net.clock.advanceAsync(1_000);
    const at = both.net.clock.now();
    await both.net.clock.advanceAsync(60_000);
    expect(longestGap(both.flows[0], at, both.net.clock.now())).toBeLessThanOrEqual(500);
    expect(both.net.isDirect(both.ann, both.bob)).toBe(true);
    await both.net.close();
  });

  test('after a minute of silence the first packet arrives at once, by relay if need be', async () => {
    const both = await talk({ nat: forgetful }, { nat: forgetful });
    for (const flow of both.flows) flow.stop();
    await both.net.clock.advanceAsync(120_000);
    expect(await both.net.ping(both.bob, both.ann)).toBeLessThanOrEqual(500);
    await both.net.close();
  });

  test('a NAT that reboots and maps to another port: nothing is silent for two seconds, and the path is direct again within seven', async () => {
    const both = await talk({ nat: 'port restricted' }, { nat: 'port restricted' });
    const gaps = await disturbed(both, () => both.bob.nat!.reboot(), 7_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(2_000);
    expect([both.net.isDirect(both.ann, both.bob), both.net.isDirect(both.bob, both.ann)]).toEqual([true, true]);
    await both.net.close();
  });

  test('a NAT that gets another address', async () => {
    const both = await talk({ nat: 'port restricted' }, { nat: 'full cone' });
    const gaps = await disturbed(both, () => both.bob.nat!.renumber('203.0.113.77'), 7_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(2_000);
    await both.net.close();
  });
});

describe('E10: networks that change', () => {
  test('another address, and the host says so: nothing is silent for a second, and the path is direct again', async () => {
    const both = await talk();
    const gaps = await disturbed(both, () => {
      both.bob.host.setAddresses(['198.51.100.99/24']);
      both.bob.node.poke();
    });
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(1_000);
    expect(both.net.pathOf(both.ann, both.bob)).toBe('udp:198.51.100.99:41641');
    await both.net.close();
  });

  test('another address, and nobody says so: at most two seconds', async () => {
    const both = await talk();
    const gaps = await disturbed(both, () => both.bob.host.setAddresses(['198.51.100.99/24']));
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(2_000);
    await both.net.close();
  });

  test('an outage of five seconds costs the direct path at most two seconds, then the relay carries on', async () => {
    const both = await talk();
    const gaps = await disturbed(both, () => {
      blockUdp(both.bob);
      both.net.clock.at(both.net.clock.now() + 5_000, () => both.bob.host.firewall.set({ inbound: 'all' }));
    });
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(2_000);
    expect(both.net.isDirect(both.ann, both.bob)).toBe(true);
    await both.net.close();
  });

  test('a hundred changes of address in ten seconds end on a direct path', async () => {
    const both = await talk();
    for (let i = 1; i <= 100; i++) {
      both.bob.host.setAddresses([`198.51.100.${100 + i}/24`]);
      both.bob.node.poke();
      await both.net.clock.advanceAsync(100);
    }
    const gaps = await disturbed(both, () => {}, 10_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(1_000);
    expect(both.net.pathOf(both.ann, both.bob)).toBe('udp:198.51.100.200:41641');
    await both.net.close();
  });
});
