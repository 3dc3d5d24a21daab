import type { SimHost, SimNat } from '@heddle/testing';
import { describe, expect, test } from 'vitest';
import { longestGap, type NumberedFlow, type UdpNode, UdpNodes } from './udp-nodes.js';

const SERVER = '198.51.100.1';
const PORT = 51_820;

interface Pair {
  readonly nodes: UdpNodes;
  readonly laptop: UdpNode;
  readonly server: UdpNode;
  readonly serverHost: SimHost;
}

/** A server whose address everybody knows, and a laptop on some host that nobody knows. */
async function pair(laptopOn: (nodes: UdpNodes) => SimHost, keepalive = 0): Promise<Pair> {
  const nodes = new UdpNodes();
  const serverHost = nodes.publicHost('server', SERVER);
  const server = nodes.make('server', serverHost, { address: '10.0.0.1', udp: { port: PORT }, endpoint: `udp:${SERVER}:${PORT}` });
  const laptop = nodes.make('laptop', laptopOn(nodes), { address: '10.0.0.2', keepalive });
  await nodes.start(server, laptop);
  await nodes.clock.settle(laptop.node.ping(server.address));
  return { nodes, laptop, server, serverHost };
}

/** Lets a flow run, does something to the network, and says for how long nothing arrived in the half minute after it. */
async function disturbed({ clock }: UdpNodes, flows: readonly NumberedFlow[], disturb: () => void): Promise<readonly number[]> {
  await clock.advanceAsync(2_000);
  const at = clock.now();
  disturb();
  await clock.advanceAsync(30_000);
  return flows.map((flow) => longestGap(flow, at, clock.now()));
}

const publicLaptop = (): { on: (nodes: UdpNodes) => SimHost; host: () => SimHost } => {
  let made: SimHost | undefined;
  return {
    on: (nodes) => {
      made = nodes.publicHost('laptop', '203.0.113.7');
      return made;
    },
    host: () => made!,
  };
};

describe('roaming', () => {
  test('E10: the laptop gets another address: flows in both directions go on within ten seconds without anybody telling', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server } = await pair(at.on);
    const flows = [await nodes.flow(laptop, server), await nodes.flow(server, laptop)];
    const gaps = await disturbed(nodes, flows, () => at.host().setAddresses(['203.0.113.99']));
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(10_000);
    expect(server.node.status().peers[0]!.path).toMatch(/^udp:203\.0\.113\.99:/);
    await nodes.close(laptop, server);
  });

  test('E10: with a poke it takes less than three seconds, for both directions', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server } = await pair(at.on);
    const flows = [await nodes.flow(laptop, server), await nodes.flow(server, laptop)];
    const gaps = await disturbed(nodes, flows, () => {
      at.host().setAddresses(['203.0.113.99']);
      laptop.node.poke();
    });
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(3_000);
    await nodes.close(laptop, server);
  });

  test('E10: the server gets another address: it speaks first from there, and the laptop follows', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server, serverHost } = await pair(at.on);
    const flows = [await nodes.flow(laptop, server), await nodes.flow(server, laptop)];
    const gaps = await disturbed(nodes, flows, () => {
      serverHost.setAddresses(['198.51.100.200']);
      server.node.poke();
    });
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(3_000);
    expect(laptop.node.status().peers[0]!.path).toBe(`udp:198.51.100.200:${PORT}`);
    await nodes.close(laptop, server);
  });

  test('E10: who only listens is found again, too: a node on another address speaks first without being asked', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server } = await pair(at.on);
    const flow = await nodes.flow(server, laptop);
    const [gap] = await disturbed(nodes, [flow], () => {
      at.host().setAddresses(['203.0.113.99']);
      laptop.node.poke();
    });
    expect(gap).toBeLessThanOrEqual(3_000);
    await nodes.close(laptop, server);
  });

  test('E10: a link outage of five seconds costs five seconds', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server } = await pair(at.on);
    const flows = [await nodes.flow(laptop, server), await nodes.flow(server, laptop)];
    const gaps = await disturbed(nodes, flows, () => {
      at.host().link().unplug();
      nodes.clock.at(nodes.clock.now() + 5_000, () => at.host().link().plug());
    });
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(8_000);
    await nodes.close(laptop, server);
  });

  test('E10: a hundred changes of address in ten seconds end with flows that work', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server } = await pair(at.on);
    const flows = [await nodes.flow(laptop, server), await nodes.flow(server, laptop)];
    for (let i = 1; i <= 100; i++) {
      at.host().setAddresses([`203.0.113.${100 + i}`]);
      laptop.node.poke();
      await nodes.clock.advanceAsync(100);
    }
    const gaps = await disturbed(nodes, flows, () => {});
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(200);
    await nodes.close(laptop, server);
  });

  test('numbered datagrams arrive once each, and none is missing but those of the gap', async () => {
    const at = publicLaptop();
    const { nodes, laptop, server } = await pair(at.on);
    const flow = await nodes.flow(laptop, server);
    const [gap] = await disturbed(nodes, [flow], () => {
      at.host().setAddresses(['203.0.113.99']);
      laptop.node.poke();
    });
    flow.stop();
    await nodes.clock.advanceAsync(1_000);
    expect(flow.sent - flow.heard.size).toBeLessThanOrEqual(Math.ceil(gap! / 100));
    expect(laptop.node.status().drops).not.toHaveProperty('replay');
    await nodes.close(laptop, server);
  });
});

describe('behind a NAT that forgets after five seconds', () => {
  const behind = (levels: 1 | 2): { on: (nodes: UdpNodes) => SimHost; nat: () => SimNat } => {
    let outer: SimNat | undefined;
    const on = ({ net }: UdpNodes): SimHost => {
      const street = net.lan('street');
      outer = net.nat('outer', {
        inside: street,
        insideAddress: '100.64.0.1/24',
        outside: net.internet,
        outsideAddress: '203.0.113.1',
        timeout: 5_000,
      });
      if (levels === 1) return net.host('laptop', { ports: [{ on: street, addresses: ['100.64.0.2/24'], link: { delay: 20 } }] });
      const home = net.lan('home');
      net.nat('inner', { inside: home, insideAddress: '192.168.1.1/24', outside: street, outsideAddress: '100.64.0.2/24', timeout: 5_000 });
      return net.host('laptop', { ports: [{ on: home, addresses: ['192.168.1.2/24'], link: { delay: 20 } }] });
    };
    return { on, nat: () => outer! };
  };

  for (const levels of [1, 2] as const) {
    const nats = levels === 1 ? 'one NAT' : 'two NATs';

    test(`E9: with persistent keepalive the server reaches the laptop behind ${nats} after minutes of silence`, async () => {
      const home = behind(levels);
      const { nodes, laptop, server } = await pair(home.on, 4);
      await nodes.clock.advanceAsync(300_000);
      expect(await nodes.clock.settle(server.node.ping(laptop.address), { within: 1_000 })).toBeLessThan(200);
      await nodes.close(laptop, server);
    });

    test(`E9: behind ${nats}, the flow of a laptop survives a reboot of the outer NAT`, async () => {
      const home = behind(levels);
      const { nodes, laptop, server } = await pair(home.on, 4);
      const flow = await nodes.flow(laptop, server);
      const [gap] = await disturbed(nodes, [flow], () => home.nat().reboot(1_000));
      expect(gap).toBeLessThanOrEqual(1_500);
      await nodes.close(laptop, server);
    });

    test(`E9: behind ${nats}, who only listens is found again at the next keepalive after a reboot of the outer NAT`, async () => {
      const home = behind(levels);
      const { nodes, laptop, server } = await pair(home.on, 4);
      const flow = await nodes.flow(server, laptop);
      const [gap] = await disturbed(nodes, [flow], () => home.nat().reboot(1_000));
      expect(gap).toBeLessThanOrEqual(5_500);
      await nodes.close(laptop, server);
    });
  }

  test('without keepalive the NAT forgets the laptop: the simulation is honest', async () => {
    const home = behind(1);
    const { nodes, laptop, server } = await pair(home.on);
    await nodes.clock.advanceAsync(60_000);
    const ping = server.node.ping(laptop.address);
    await expect(nodes.clock.settle(ping, { within: 3_000 })).rejects.toThrow();
    ping.catch(() => {});
    await nodes.close(laptop, server);
  });

  test('a NAT that gets another address is followed by the next datagram', async () => {
    const home = behind(1);
    const { nodes, laptop, server } = await pair(home.on, 4);
    const flows = [await nodes.flow(laptop, server), await nodes.flow(server, laptop)];
    const gaps = await disturbed(nodes, flows, () => home.nat().renumber('203.0.113.55'));
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(500);
    expect(server.node.status().peers[0]!.path).toMatch(/^udp:203\.0\.113\.55:/);
    await nodes.close(laptop, server);
  });
});
