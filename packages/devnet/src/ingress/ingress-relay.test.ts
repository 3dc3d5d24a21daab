import { Funnel, funnel } from '@heddle/funnel';
import { netstack } from '@heddle/stack-netstack';
import { expect, test } from 'vitest';
import { clientHello } from '../../test/client-hello.js';
import { FunnelWorld, type Visit, type WorldOptions } from '../../test/funnel-world.js';
import { Ingress } from './ingress-plugin.js';

const UNRECOGNIZED_NAME = [21, 3, 1, 0, 2, 2, 112];
const INTERNAL_ERROR = [21, 3, 1, 0, 2, 2, 80];
const HELLO = clientHello('web.ts.net');

async function inWorld(options: WorldOptions, story: (world: FunnelWorld) => Promise<void>): Promise<void> {
  const world = await new FunnelWorld(options).start();
  await story(world);
  await world.close();
  expect(world.clock.pending).toBe(0);
}

/** What a visitor hears who says this and waits for a second. */
async function visited(world: FunnelWorld, bytes: Uint8Array | string): Promise<Visit> {
  const visit = await world.visit();
  visit.say(bytes);
  await world.clock.advanceAsync(1_000);
  return visit;
}

const endings = (world: FunnelWorld): unknown => world.relay.get(Ingress).counts;

test('a visitor reaches the node whose name he asks for, with his own bytes and his own address, until he has finished', () =>
  inWorld({}, async (world) => {
    const visit = await visited(world, HELLO);
    expect(world.entered).toEqual(['198.51.100.9 -> web.ts.net:443']);
    expect(visit.heard).toEqual([...HELLO]);
    visit.say('and more');
    await world.clock.advanceAsync(1_000);
    expect(visit.heard.length).toBe(HELLO.length + 8);
    visit.finish();
    await world.clock.advanceAsync(1_000);
    expect(visit.end).toBe('finished');
    expect([endings(world), world.relay.get(Ingress).visitors]).toEqual([{ served: 1 }, 0]);
    expect(world.web.get(Funnel).counts).toEqual({ visitors: 1, answers: {}, broken: 0 });
  }));

test('thirty visitors at once are all served', () =>
  inWorld({}, async (world) => {
    const visits: Visit[] = [];
    for (let count = 0; count < 30; count += 1) visits.push(await world.visit());
    for (const visit of visits) visit.say(HELLO);
    await world.clock.advanceAsync(5_000);
    expect(visits.map(({ heard }) => heard.length)).toEqual(visits.map(() => HELLO.length));
    for (const visit of visits) visit.finish();
    await world.clock.advanceAsync(5_000);
    expect(endings(world)).toEqual({ served: 30 });
  }));

test('every other first message has its answer', () =>
  inWorld({}, async (world) => {
    const unknown = await visited(world, clientHello('other.ts.net'));
    const itself = await visited(world, clientHello('ingress.ts.net'));
    const short = await visited(world, clientHello('web'));
    const nameless = await visited(world, clientHello());
    for (const visit of [unknown, itself, short, nameless]) expect([visit.heard, visit.end]).toEqual([UNRECOGNIZED_NAME, 'finished']);
    const http = await visited(world, 'GET / HTTP/1.1\r\nHost: web.ts.net\r\n\r\n');
    expect([http.text.split('\r\n')[0], http.end]).toEqual(['HTTP/1.1 400 Bad Request', 'finished']);
    const garbage = await visited(world, '\x00\x01\x02');
    expect([garbage.heard, garbage.end]).toEqual([[], 'finished']);
    expect(endings(world)).toEqual({ 'unknown-name': 3, nameless: 1, http: 1, garbage: 1 });
    expect(world.entered).toEqual([]);
  }));

test('F12: who does not say in time whom he wants is cut off, however he drips', () =>
  inWorld({ limits: { hello: 10_000 } }, async (world) => {
    const visit = await world.visit();
    for (let at = 0; at < 12; at += 1) {
      if (visit.end === undefined) visit.say(HELLO.subarray(at, at + 1));
      await world.clock.advanceAsync(1_000);
    }
    expect([visit.heard, visit.end, endings(world)]).toEqual([[], 'finished', { slow: 1 }]);
  }));

test('one more visitor than there is room for is cut off, and those that are there stay', () =>
  inWorld({ limits: { visitorsPerSource: 2 } }, async (world) => {
    const visits = [await world.visit(), await world.visit(), await world.visit()];
    await world.clock.advanceAsync(100);
    expect(visits.map(({ end }) => end)).toEqual([undefined, undefined, 'cut']);
    visits[0]!.leave();
    await world.clock.advanceAsync(100);
    expect((await visited(world, HELLO)).heard).toEqual([...HELLO]);
  }));

test('a visitor through whom nothing passes any more is cut off', () =>
  inWorld({ limits: { idle: 60_000 } }, async (world) => {
    const visit = await visited(world, HELLO);
    await world.clock.advanceAsync(50_000);
    visit.say('still here');
    await world.clock.advanceAsync(50_000);
    expect(visit.end).toBeUndefined();
    await world.clock.advanceAsync(11_000);
    expect([visit.end, endings(world)]).toEqual(['cut', { served: 1 }]);
  }));

test('a node that control has not allowed visitors refuses them, and they are told what all hear whom nobody knows', () =>
  inWorld({ allowed: false }, async (world) => {
    const visit = await visited(world, HELLO);
    expect([visit.heard, endings(world), world.entered]).toEqual([UNRECOGNIZED_NAME, { refused: 1 }, []]);
    expect(world.web.get(Funnel).counts).toEqual({ visitors: 0, answers: { 403: 1 }, broken: 0 });
  }));

test('where control has no words for it, the user of the node says which peers bring visitors', () =>
  inWorld({ allowed: false, funnel: { trust: { peers: ['relay'] } } }, async (world) => {
    expect((await visited(world, HELLO)).heard).toEqual([...HELLO]);
  }));

test('shields up keep visitors out, and down again they come in', () =>
  inWorld({}, async (world) => {
    world.web.preferences.set({ shieldsUp: true });
    expect((await visited(world, HELLO)).heard).toEqual(UNRECOGNIZED_NAME);
    world.web.preferences.set({ shieldsUp: false });
    expect((await visited(world, HELLO)).heard).toEqual([...HELLO]);
  }));

test('funnel is switched off and on while a visitor is there, who does not notice', () =>
  inWorld({}, async (world) => {
    const visit = await visited(world, HELLO);
    await world.clock.settle(world.web.remove('@heddle/funnel/ingress'));
    visit.say('off');
    await world.clock.advanceAsync(1_000);
    await world.clock.settle(world.web.add(funnel()));
    visit.say('on');
    await world.clock.advanceAsync(1_000);
    expect(visit.text.endsWith('offon')).toBe(true);
    expect((await visited(world, HELLO)).heard).toEqual([...HELLO]);
  }));

test('funnel works after the Stack was exchanged, and not after it was removed; control hears of it', () =>
  inWorld({}, async (world) => {
    expect(world.webControl.published.at(-1)).toEqual({ services: [{ protocol: 'peerapi4', port: 58_436 }], ingress: 'on' });
    await world.clock.settle(world.web.replace('@heddle/stack-netstack', netstack()));
    expect((await visited(world, HELLO)).heard).toEqual([...HELLO]);
    await world.clock.settle(world.web.remove('@heddle/funnel/ingress'));
    expect(world.webControl.published.at(-1)).toEqual({ services: [], ingress: 'off' });
    const visit = await world.visit();
    visit.say(HELLO);
    await world.clock.advanceAsync(11_000);
    expect([visit.heard, endings(world)]).toEqual([INTERNAL_ERROR, { unreachable: 1 }]);
  }));
