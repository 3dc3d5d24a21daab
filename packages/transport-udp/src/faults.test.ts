import { describe, expect, test } from 'vitest';
import { HERE, THERE, udpOnHost } from '../test/udp-on-host.js';

describe('G4: sockets that cannot be had', () => {
  test.each(['EMFILE', 'ENFILE', 'EACCES', 'ENOBUFS'])(
    'G4: %s on open fails the start with a code and the cause, and nothing is held',
    async (code) => {
      const { host, bind, open, clock, opened } = udpOnHost();
      host.fail('udp.open', code);
      await expect(open()).rejects.toMatchObject({ code: 'HEDDLE_UDP_SOCKETS', cause: { code }, message: expect.stringContaining(code) });
      expect([opened.now, clock.pending]).toEqual([0, 0]);
      await bind.close();
    },
  );

  test('G4: a port in use falls back to another one, and health says so for as long as it is so', async () => {
    const { host, open, health, endpoints, clock, send } = udpOnHost({ port: 51_820 });
    await host.udp.open({ family: 6, port: 51_820, message: () => {}, fault: () => {} });
    await open();
    const notice = { ok: false, code: 'HEDDLE_UDP_PORT_IN_USE', text: expect.stringMatching(/^port 51820 is in use, took \d+ instead$/) };
    expect(health.at(-1)).toMatchObject(notice);
    expect(endpoints.at(-1)).toHaveLength(2);
    host.fail('udp.send', 'ENOBUFS');
    send();
    await clock.advanceAsync(100);
    expect(health.at(-1)).toMatchObject({ ok: false, code: 'HEDDLE_UDP_FAULT' });
    await clock.advanceAsync(11_000);
    expect(health.at(-1)).toMatchObject(notice);
    host.setAddresses(['192.0.2.77/24']);
    await clock.advanceAsync(6_000);
    expect(health.at(-1)).toMatchObject(notice);
  });

  test('G4: with `fallback: false` a port in use fails the start with a code of its own', async () => {
    const { host, open, opened } = udpOnHost({ port: 51_820, fallback: false });
    await host.udp.open({ family: 4, port: 51_820, message: () => {}, fault: () => {} });
    await expect(open()).rejects.toMatchObject({ code: 'HEDDLE_UDP_PORT_IN_USE', message: expect.stringContaining('51820') });
    expect(opened.now).toBe(0);
  });

  test('G4: without IPv6 it works with IPv4, says so, and sends to IPv6 are counted', async () => {
    const { host, open, health, endpoints, drops, send, clock } = udpOnHost();
    host.families.delete(6);
    await open();
    expect(health.at(-1)).toMatchObject({ ok: true, text: 'not available on this host: IPv6 (EAFNOSUPPORT)' });
    expect(endpoints.at(-1)).toEqual([expect.stringMatching(`^udp:${HERE}:`)]);
    send(3, 'udp:[2001:db8::9]:9');
    expect(drops).toEqual({ 'no-socket': 3 });
    send();
    await clock.advanceAsync(10);
    expect(drops).toEqual({ 'no-socket': 3 });
  });

  test('G4: a socket that is lost while running is opened again on the same port; until then it is tried every second, and health says so', async () => {
    const { host, open, opened, fail, health, endpoints, clock, drops } = udpOnHost();
    await open();
    const before = endpoints.at(-1);
    host.fail('udp.open', 'EMFILE', 3);
    fail(4, 'EBADF');
    await clock.advanceAsync(1);
    expect(health.at(-1)).toMatchObject({ ok: false, code: 'HEDDLE_UDP_SOCKETS', text: expect.stringContaining('EMFILE') });
    expect(drops).toEqual({ 'socket-other': 1 });
    await clock.advanceAsync(2_000);
    expect(health.at(-1)).toMatchObject({ ok: false, code: 'HEDDLE_UDP_SOCKETS' });
    await clock.advanceAsync(1_500);
    expect(health.at(-1)).toMatchObject({ ok: true });
    expect(endpoints.at(-1)).toEqual(before);
    expect(opened.now).toBe(2);
  });
});

describe('G4: datagrams that the host refuses', () => {
  test.each(['ENOBUFS', 'ENOMEM', 'EPERM', 'ENETUNREACH', 'EHOSTUNREACH', 'EMSGSIZE', 'ECONNREFUSED', 'EINVAL'])(
    'G4: %s is counted under its own reason, shown in health for ten seconds, and the socket goes on',
    async (code) => {
      const { host, open, health, drops, send, clock, opened } = udpOnHost();
      await open();
      host.fail('udp.send', code, 3);
      expect(send(5)).toBe(5);
      await clock.advanceAsync(1);
      expect(drops).toEqual({ [`socket-${code.toLowerCase()}`]: 3 });
      expect(health.at(-1)).toMatchObject({ ok: false, code: 'HEDDLE_UDP_FAULT', text: expect.stringContaining(`IPv4 ${code} (`) });
      expect(send(5)).toBe(5);
      await clock.advanceAsync(9_900);
      expect(health.at(-1)!.ok).toBe(false);
      await clock.advanceAsync(200);
      expect(health.at(-1)).toMatchObject({ ok: true });
      expect([opened.sockets, drops]).toEqual([2, { [`socket-${code.toLowerCase()}`]: 3 }]);
    },
  );

  test('G4: ten thousand refusals of two kinds make two sentences in health and one timer', async () => {
    const { host, open, health, drops, send, clock } = udpOnHost();
    await open();
    const said = health.length;
    for (const code of ['EPERM', 'ENOBUFS', 'EPERM', 'ENOBUFS']) {
      host.fail('udp.send', code, 2_500);
      for (let i = 0; i < 50; i++) send(50);
      await clock.advanceAsync(100);
    }
    expect(drops).toEqual({ 'socket-eperm': 5_000, 'socket-enobufs': 5_000 });
    expect(health.length - said).toBe(2);
    expect(clock.pending).toBe(2);
  });

  test('G4: a code that nobody has seen before is counted as other, and health names it', async () => {
    const { host, open, health, drops, send, clock } = udpOnHost();
    await open();
    host.fail('udp.send', 'EUNHEARDOF');
    send();
    await clock.advanceAsync(1);
    expect(drops).toEqual({ 'socket-other': 1 });
    expect(health.at(-1)!.text).toContain('EUNHEARDOF');
  });

  test('G4: a full send queue takes nothing, says so, and is writable again', async () => {
    const { host, open, bind, send, clock, drops } = udpOnHost();
    await open();
    const writable: boolean[] = [];
    bind.writable$.subscribe((yes) => writable.push(yes));
    host.fail('udp.send', 'EAGAIN');
    expect(send(5)).toBe(0);
    await clock.advanceAsync(10);
    expect(writable).toEqual([true, false, true]);
    expect([send(5), drops]).toEqual([5, {}]);
  });

  test('G4: nobody listening over there is a fault of that place alone', async () => {
    const { net, open, drops, send, clock } = udpOnHost();
    net.host('there', { ports: [{ on: net.internet, addresses: ['192.0.2.2/24'] }] });
    await open();
    send(2, THERE);
    await clock.advanceAsync(100);
    expect(drops).toEqual({ 'socket-econnrefused': 2 });
  });
});
