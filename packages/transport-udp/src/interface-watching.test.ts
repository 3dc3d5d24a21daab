import { describe, expect, test } from 'vitest';
import { HERE, udpOnHost } from '../test/udp-on-host.js';

const portOf = (text: string): string => text.slice(text.lastIndexOf(':') + 1);

describe('interface watching', () => {
  test('E10: a change of address is seen within the watch interval, and the port stays', async () => {
    const { host, open, endpoints, clock, opened } = udpOnHost();
    await open();
    const port = portOf(endpoints.at(-1)![0]!);
    host.setAddresses(['198.51.100.7/24']);
    await clock.advanceAsync(5_001);
    expect(endpoints.at(-1)).toEqual([`udp:198.51.100.7:${port}`]);
    expect(opened).toEqual({ sockets: 4, now: 2 });
  });

  test('E10: poke sees it at once', async () => {
    const { host, bind, open, endpoints, clock } = udpOnHost({ watchInterval: 0 });
    await open();
    host.setAddresses(['198.51.100.7/24']);
    await clock.advanceAsync(60_000);
    expect(endpoints.at(-1)![0]).toContain(HERE);
    bind.poke();
    await clock.advanceAsync(1);
    expect(endpoints.at(-1)![0]).toContain('198.51.100.7');
  });

  test('a poke without a change touches nothing', async () => {
    const { bind, open, opened, endpoints, clock } = udpOnHost();
    await open();
    const said = endpoints.length;
    for (let i = 0; i < 100; i++) bind.poke();
    await clock.advanceAsync(20_000);
    expect([opened.sockets, endpoints.length]).toEqual([2, said]);
  });

  test('E10: an interface that goes down takes its endpoints with it, and brings them back on the same port', async () => {
    const { host, open, endpoints, clock } = udpOnHost();
    await open();
    const before = endpoints.at(-1);
    host.link().unplug();
    await clock.advanceAsync(5_001);
    expect(endpoints.at(-1)).toEqual([]);
    host.link().plug();
    await clock.advanceAsync(5_001);
    expect(endpoints.at(-1)).toEqual(before);
  });

  test('E10: a hundred changes in ten seconds make about ten rebinds, not a hundred, and the last one wins', async () => {
    const { host, bind, open, endpoints, clock, opened } = udpOnHost();
    await open();
    for (let i = 1; i <= 100; i++) {
      host.setAddresses([`198.51.100.${i}/24`]);
      bind.poke();
      await clock.advanceAsync(100);
    }
    await clock.advanceAsync(1_000);
    const rebinds = opened.sockets / 2 - 1;
    expect(rebinds).toBeGreaterThanOrEqual(9);
    expect(rebinds).toBeLessThanOrEqual(12);
    expect(endpoints.at(-1)![0]).toContain('198.51.100.100');
    expect(opened.now).toBe(2);
  });

  test('the port stays also when the first tries to open it again fail', async () => {
    const { host, bind, open, endpoints, clock } = udpOnHost();
    await open();
    const port = portOf(endpoints.at(-1)![0]!);
    host.setAddresses(['198.51.100.7/24']);
    host.fail('udp.open', 'EMFILE', 4);
    bind.poke();
    await clock.advanceAsync(4_001);
    expect(endpoints.at(-1)).toEqual([`udp:198.51.100.7:${port}`]);
  });

  test('sockets bound to an address say that address, and no other of the host', async () => {
    const { open, endpoints } = udpOnHost({ port: 7, addresses: { v4: HERE } });
    await open();
    expect(endpoints.at(-1)).toEqual([`udp:${HERE}:7`, 'udp:[2001:db8::1]:7']);
  });

  test('another port from control is taken while running; one in use is refused and the old one stays', async () => {
    const { host, bind, open, endpoints, clock, health } = udpOnHost({ port: 1_000 });
    await open();
    await clock.settle(bind.configure({ port: 2_000 }));
    expect(endpoints.at(-1)![0]).toBe(`udp:${HERE}:2000`);
    await host.udp.open({ family: 4, port: 3_000, message: () => {}, fault: () => {} });
    await expect(clock.settle(bind.configure({ port: 3_000 }))).rejects.toMatchObject({ code: 'HEDDLE_UDP_PORT_IN_USE' });
    expect(endpoints.at(-1)![0]).toBe(`udp:${HERE}:2000`);
    expect(health.at(-1)!.ok).toBe(true);
    await bind.close();
    expect(clock.pending).toBe(0);
  });
});
