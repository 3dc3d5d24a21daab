import { PacketBatch } from '@heddle/core';
import type { Bytes } from '@heddle/crypto';
import { COOKIE_REPLY, INITIATION } from '@heddle/wire';
import { expect, test } from 'vitest';
import { attackSite, type Site } from './attack-site.js';

/** Sends so many messages in each 10 ms, and asks at the same time whether the existing session still works. */
async function flood(site: Site, milliseconds: number, send: (beat: number) => void): Promise<{ asked: number; answered: number }> {
  let answered = 0;
  const beats = milliseconds / 10;
  for (let beat = 0; beat < beats; beat++) {
    send(beat);
    void site.nodes[1]!.ping(site.all[0]!.address).then(() => answered++);
    await site.clock.advanceAsync(10);
  }
  return { asked: beats, answered };
}

/** The first two nodes have a session. */
async function siteWithSession(count = 2): Promise<Site> {
  const site = await attackSite(count);
  await site.clock.settle(site.nodes[1]!.ping(site.all[0]!.address));
  return site;
}

test('A8: random bytes are counted and dropped, nobody is answered, and nothing is agreed on or logged', async () => {
  const site = await siteWithSession();
  const before = { agreements: site.agreements(), lines: site.logged() };
  const heard: number[] = [];
  const port = site.network.attach('stranger', { clock: site.clock, receive: (_, { length }) => heard.push(length) });
  await flood(site, 1_000, (beat) => {
    for (let i = 0; i < 50; i++) site.send(`noise${i}`, Uint8Array.of((beat + i) % 6, 0, 0, 0, ...site.attacker.garbage()));
  });
  await site.clock.advanceAsync(5_000);
  const { drops } = site.nodes[0]!.status();
  const reasons = ['malformed', 'unknown-type', 'unknown-index', 'bad-mac1'];
  expect(Object.keys(drops).filter((reason) => !reasons.includes(reason))).toEqual([]);
  expect(Object.values(drops).reduce((sum, count) => sum + count, 0)).toBe(5_000);
  expect({ agreements: site.agreements(), lines: site.logged() }).toEqual(before);
  expect(heard).toEqual([]);
  port.close();
  await site.close();
});

test('A8: 5,000 initiations a second with a bad mac1 cost a hash each: no key agreement, no answer, no lost packet', async () => {
  const site = await siteWithSession();
  const before = site.agreements();
  const { asked, answered } = await flood(site, 1_000, (beat) => {
    for (let i = 0; i < 50; i++) site.send(`spoofed${beat * 50 + i}`, site.attacker.badMac1());
  });
  await site.clock.advanceAsync(100);
  expect(site.nodes[0]!.status().drops).toEqual({ 'bad-mac1': 5_000 });
  expect(site.agreements()).toBe(before);
  expect(answered).toBe(asked);
  await site.close();
});

test('A8: 5,000 initiations a second with a good mac1 from spoofed sources get cookies, not key agreements; a newcomer connects; a session loses nothing', async () => {
  const site = await siteWithSession(3);
  const paths: string[] = [];
  site.nodes[0]!.paths$.subscribe(({ reason }) => paths.push(reason));
  const before = site.agreements();
  let newcomer = Number.POSITIVE_INFINITY;
  const [started, ownAgreements] = [site.clock.now() + 1_000, 6];
  const { asked, answered } = await flood(site, 4_000, (beat) => {
    for (let i = 0; i < 50; i++) site.send(`spoofed${beat * 50 + i}`, site.attacker.goodMac1());
    if (beat === 100) void site.nodes[2]!.ping(site.all[0]!.address).then(() => (newcomer = site.clock.now() - started));
  });
  await site.clock.advanceAsync(100);
  const { drops } = site.nodes[0]!.status();
  // What it takes to notice, and what the newcomer costs.
  expect(site.agreements() - before).toBeLessThanOrEqual(256 + ownAgreements);
  expect(drops['bad-mac2']! + drops['bad-handshake']!).toBeGreaterThanOrEqual(20_000);
  expect(drops['bad-mac2']).toBeGreaterThan(19_700);
  expect(newcomer).toBeLessThanOrEqual(5_000);
  expect(answered).toBe(asked);
  // The newcomer's path is new; that of the session has not moved, however many sources there were.
  expect(paths.length).toBeLessThanOrEqual(1);
  await site.close();
});

test('A8: cookies and mac2 from one address buy 20 key agreements a second and 5 at once, no more', async () => {
  const site = await siteWithSession();
  let cookie: Bytes | undefined;
  const asking = site.attacker.goodMac1();
  const replies: Bytes[] = [];
  const port = site.network.attach('one', {
    clock: site.clock,
    receive: (_, datagrams) => replies.push(...datagrams.map((bytes) => bytes.slice())),
  });
  const say = (...messages: readonly Bytes[]) => port.send('n0', PacketBatch.of(...messages));
  say(...Array.from({ length: 600 }, () => site.attacker.goodMac1()), asking);
  await site.clock.advanceAsync(50);
  for (const reply of replies) cookie ??= site.attacker.cookieIn(reply, asking);
  expect(cookie).toBeDefined();
  expect(replies.every(({ length }) => length === COOKIE_REPLY.SIZE && length < INITIATION.SIZE)).toBe(true);
  const before = site.agreements();
  const { asked, answered } = await flood(site, 3_000, () => {
    say(...Array.from({ length: 50 }, () => site.attacker.goodMac2(cookie!)));
  });
  await site.clock.advanceAsync(100);
  expect(site.agreements() - before).toBeGreaterThanOrEqual(60);
  expect(site.agreements() - before).toBeLessThanOrEqual(5 + 20 * 3.1);
  expect(site.nodes[0]!.status().drops['rate-limit']).toBeGreaterThan(14_900);
  expect(answered).toBe(asked);
  port.close();
  await site.close();
});

test('A8: data that comes behind a thousand handshakes is delivered before any of them is worked on, and they wait in a bounded queue', async () => {
  const site = await siteWithSession();
  const before = site.agreements();
  const seen: number[] = [];
  await site.hosts[0]!.bindUdp({ port: 9 }, () => seen.push(site.agreements() - before));
  const sender = await site.hosts[1]!.bindUdp({}, () => {});
  for (let i = 0; i < 1_500; i++) site.send(`spoofed${i % 300}`, site.attacker.goodMac1());
  sender.send(new Uint8Array(100), { address: site.all[0]!.address, port: 9 });
  await site.clock.advanceAsync(1);
  expect(seen).toEqual([0]);
  expect(site.nodes[0]!.status().drops['handshake-queue-full']).toBe(1_500 - 1_024);
  await site.clock.advanceAsync(100);
  expect(site.agreements() - before).toBeLessThanOrEqual(16);
  await site.close();
});
