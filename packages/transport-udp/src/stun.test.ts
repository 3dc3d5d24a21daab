import { PacketBatch } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { StunWorld } from '../test/stun-world.js';

const PEER = 'udp:198.51.100.200:9';

/** A laptop behind a NAT with these rules. */
function behindNat(rules: object = {}, delays?: readonly number[]) {
  const world = new StunWorld(delays);
  const home = world.net.lan('home');
  const nat = world.net.nat('nat', {
    inside: home,
    insideAddress: '192.168.1.1/24',
    outside: world.net.internet,
    outsideAddress: '203.0.113.1',
    ...rules,
  });
  const host = world.net.host('laptop', { ports: [{ on: home, addresses: ['192.168.1.2/24'], link: { delay: 5 } }] });
  return { world, home, nat, host };
}

describe('STUN behind a NAT', () => {
  test('E7: the place that is told is the one that the NAT made: who writes there reaches the socket', async () => {
    const { world, host } = behindNat({ mapping: 'endpoint-independent', filtering: 'endpoint-independent', portPreservation: false });
    const asking = await world.bind(host, { port: 41_641 });
    await world.clock.advanceAsync(200);
    const [place] = asking.now('stun');
    expect(place).toMatch(/^udp:203\.0\.113\.1:/);
    expect(place).not.toBe('udp:203.0.113.1:41641');
    const outside = await world.bind(world.net.host('friend', { ports: [{ on: world.net.internet, addresses: ['198.51.100.200'] }] }));
    outside.send(place!);
    await world.clock.advanceAsync(100);
    expect(asking.datagrams).toBe(1);
    expect(asking.now('local')).toEqual(['udp:192.168.1.2:41641']);
  });

  test.each([
    ['endpoint-independent', false],
    ['address-dependent', true],
    ['address-and-port-dependent', true],
  ] as const)('E7: netcheck says whether an %s mapping varies by destination', async (mapping, varies) => {
    const { world, host } = behindNat({ mapping, portPreservation: false }, [10, 20, 30]);
    const asking = await world.bind(host);
    await world.clock.advanceAsync(2_000);
    expect(asking.reports.at(-1)).toMatchObject({ asked: 3, udp: true, ipv4: true, ipv6: false, mappingVaries: varies });
    expect(asking.now('stun')).toHaveLength(1);
  });

  test.each([true, false])('E7: netcheck says whether the NAT turns datagrams round (hairpin %s)', async (hairpin) => {
    const { world, host } = behindNat({ hairpin });
    const asking = await world.bind(host);
    await world.clock.advanceAsync(2_000);
    expect(asking.reports[0]!.hairpin).toBe(hairpin);
    expect(asking.datagrams).toBe(0);
  });

  test('E7: behind two NATs the outermost place is told', async () => {
    const { world, home } = behindNat({ portPreservation: false });
    const inner = world.net.lan('inner');
    world.net.nat('nat2', { inside: inner, insideAddress: '10.0.0.1/24', outside: home, outsideAddress: '192.168.1.7/24' });
    const host = world.net.host('deep', { ports: [{ on: inner, addresses: ['10.0.0.2/24'] }] });
    const asking = await world.bind(host);
    await world.clock.advanceAsync(500);
    expect(asking.now('stun')[0]).toMatch(/^udp:203\.0\.113\.1:/);
  });

  test('where a fixed port was asked for and the mapping varies, the port that may be forwarded by hand is told, too', async () => {
    const { world, host } = behindNat({ mapping: 'address-and-port-dependent', portPreservation: false }, [10, 20]);
    const asking = await world.bind(host, { port: 41_641 });
    await world.clock.advanceAsync(2_000);
    await asking.talk(PEER, 2_000);
    expect(asking.reports.at(-1)!.mappingVaries).toBe(true);
    expect(asking.now('stun')).toContain('udp:203.0.113.1:41641');
  });

  test('E9: a datagram each 40 seconds keeps a mapping that dies after 30; without any, nobody is asked', async () => {
    const { world, host } = behindNat({ timeout: 30_000, portPreservation: false });
    const asking = await world.bind(host);
    for (let t = 0; t < 600_000; t += 40_000) {
      asking.send(PEER);
      await world.clock.advanceAsync(40_000);
    }
    expect(new Set(asking.told.flatMap((list) => list.filter((text) => text.startsWith('stun')))).size).toBe(1);
    await world.clock.advanceAsync(60_000);
    const reports = asking.reports.length;
    await world.clock.advanceAsync(3_600_000);
    expect(asking.reports).toHaveLength(reports);
  });

  test('E9: after a reboot of the NAT the new place is told within seven seconds, because nobody answers any more', async () => {
    const { world, nat, host } = behindNat({ portPreservation: false });
    const asking = await world.bind(host);
    const friend = await world.bind(world.net.host('friend', { ports: [{ on: world.net.internet, addresses: ['198.51.100.200'] }] }), {
      port: 9,
    });
    await world.clock.advanceAsync(200);
    const place = asking.now('stun')[0]!;
    for (let i = 0; i < 10; i++) {
      asking.send(PEER);
      friend.send(place);
      await world.clock.advanceAsync(500);
    }
    nat.reboot();
    await asking.talk(PEER, 7_000);
    expect(asking.now('stun')).toHaveLength(1);
    expect(asking.now('stun')[0]).not.toBe(place);
  });

  test('E10: another network means another place, asked for at once', async () => {
    const { world, host } = behindNat();
    const hotel = world.net.lan('hotel');
    world.net.nat('hotel-nat', {
      inside: hotel,
      insideAddress: '10.1.0.1/24',
      outside: world.net.internet,
      outsideAddress: '203.0.113.77',
    });
    const asking = await world.bind(host);
    await world.clock.advanceAsync(500);
    host.link().unplug();
    host.plugIn({ on: hotel, addresses: ['10.1.0.9/24'], interface: 'wlan0' });
    asking.bind.poke();
    await world.clock.advanceAsync(500);
    expect(asking.now('local')[0]).toContain('10.1.0.9');
    expect(asking.now('stun')[0]).toMatch(/^udp:203\.0\.113\.77:/);
  });

  test('E10: an outage of five seconds: two seconds after its end the place is told', async () => {
    const { world, host } = behindNat();
    const asking = await world.bind(host);
    await world.clock.advanceAsync(500);
    host.link().unplug();
    await world.clock.advanceAsync(5_500);
    expect(asking.now('local')).toEqual([]);
    host.link().plug();
    asking.bind.poke();
    await world.clock.advanceAsync(2_000);
    expect(asking.now('stun')).toHaveLength(1);
    expect(asking.reports.at(-1)!.udp).toBe(true);
  });

  test('G2: after a sleep, which core tells by a poke, the servers are asked again within a second', async () => {
    const { world, nat, host } = behindNat({ portPreservation: false });
    const asking = await world.bind(host);
    await world.clock.advanceAsync(60_000);
    const before = asking.now('stun')[0];
    nat.reboot();
    asking.bind.poke();
    await world.clock.advanceAsync(1_000);
    expect(asking.now('stun')).toHaveLength(1);
    expect(asking.now('stun')[0]).not.toBe(before);
  });
});

describe('STUN', () => {
  const open = (delays?: readonly number[], addresses = ['192.0.2.1', '2001:db8::1/64']) => {
    const world = new StunWorld(delays);
    return { world, host: world.net.host('here', { ports: [{ on: world.net.internet, addresses }] }) };
  };

  test('measures each region by both families', async () => {
    const { world, host } = open([10, 40]);
    const asking = await world.bind(host);
    await world.clock.advanceAsync(1_000);
    const { latencies, ipv4, ipv6 } = asking.reports.at(-1)!;
    expect([ipv4, ipv6]).toEqual([true, true]);
    expect(latencies.get(1)).toEqual({ best: 20, v4: 20, v6: 20 });
    expect(latencies.get(2)).toEqual({ best: 80, v4: 80, v6: 80 });
  });

  test('E7: with IPv6 alone it works, and says so', async () => {
    const { world, host } = open([10], ['2001:db8::1/64']);
    host.families.delete(4);
    const asking = await world.bind(host);
    await world.clock.advanceAsync(1_000);
    expect(asking.reports.at(-1)).toMatchObject({ udp: true, ipv4: false, ipv6: true });
  });

  test('a place that is one of our own addresses is told once, as local', async () => {
    const { world, host } = open();
    const asking = await world.bind(host, { port: 7 });
    await world.clock.advanceAsync(1_000);
    expect(asking.told.at(-1)).toEqual(['local udp:192.0.2.1:7', 'local udp:[2001:db8::1]:7']);
  });

  test('E8: where UDP is blocked the report says so, once, and nothing spins', async () => {
    const { world, host } = open();
    host.firewall.set({ udp: false });
    const asking = await world.bind(host);
    await world.clock.advanceAsync(60_000);
    expect(asking.reports).toHaveLength(1);
    expect(asking.reports[0]).toMatchObject({ asked: 2, udp: false, latencies: new Map() });
  });

  test('no STUN leaves its Bind, whoever sends it', async () => {
    const { world, host } = open();
    const asking = await world.bind(host, { port: 7 });
    const friend = await world.bind(
      world.net.host('friend', { ports: [{ on: world.net.internet, addresses: ['192.0.2.9'] }] }),
      {},
      undefined,
    );
    const to = friend.bind.parse('udp:192.0.2.1:7')!;
    const stun = new Uint8Array(20);
    stun.set([1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
    friend.bind.send(to, PacketBatch.from(to, stun));
    await world.clock.advanceAsync(1_000);
    expect(asking.datagrams).toBe(0);
    friend.bind.send(to, PacketBatch.from(to, new Uint8Array(20).fill(4)));
    await world.clock.advanceAsync(1_000);
    expect(asking.datagrams).toBe(1);
  });

  test('a check on demand asks every region, and gives up with its signal', async () => {
    const { world, host } = open([10, 40]);
    const asking = await world.bind(host);
    await world.clock.advanceAsync(10_000);
    const report = await world.clock.settle(asking.desk.check());
    expect(report.at).toBeGreaterThan(11_000);
    expect(report.latencies.size).toBe(2);
    const abort = new AbortController();
    const given = asking.desk.check(abort.signal);
    abort.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await world.clock.settle(asking.bind.close());
    await expect(asking.desk.check()).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
    expect(world.clock.pending).toBe(0);
  });

  test('other relays are asked at once; a name is looked up, and tried again when it is not known', async () => {
    const { world, host } = open([10]);
    const asking = await world.bind(host, {}, 'none');
    await world.clock.advanceAsync(1_000);
    expect(asking.reports).toEqual([]);
    const node = { name: 'a', hostName: 'stun.example', ipv6: 'none' };
    const region = { id: 7, code: 'x', name: 'x', nodes: [node] };
    await world.clock.settle(asking.bind.configure({ relays: { regions: new Map([[7, region]]) } }));
    await world.clock.advanceAsync(1_000);
    expect(asking.reports.at(-1)?.udp ?? false).toBe(false);
    world.net.name('stun.example', ['198.51.100.1']);
    await world.clock.advanceAsync(10_500);
    expect([...asking.reports.at(-1)!.latencies.keys()]).toEqual([7]);
  });

  test('a Bind without relays sends nothing and sets no timer but the watch', async () => {
    const { world, host } = open();
    const asking = await world.bind(host, { watchInterval: 0 }, 'none');
    await world.clock.advanceAsync(100_000);
    expect([asking.reports, world.clock.pending]).toEqual([[], 0]);
  });
});
