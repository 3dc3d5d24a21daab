import {
  type Claim,
  createNode,
  definePlugin,
  type NewFlow,
  type Offers,
  type Plugin,
  provideControl,
  type SelfUpdate,
  Tokens,
} from '@heddle/core';
import { expect, test } from 'vitest';
import { fakeControl, gadget, Journal, stack } from './fake-parts.js';

const journal = new Journal();
const peerApi = { services: [{ protocol: 'peerapi4', port: 40_000 }], admits: [40_000] };

/** A control that writes down what it is told. */
function hearing(name: string, told: SelfUpdate[]): Plugin {
  const create = () => ({ ...fakeControl(journal, name), publish: (update: SelfUpdate) => void told.push(update) });
  return definePlugin({ name, provides: [provideControl([], create)] });
}

async function offering(told: SelfUpdate[]) {
  const node = createNode({}, [hearing('first', told), gadget(journal)]);
  await node.start();
  return { node, offers: node.get(Tokens.Offers) as Offers };
}

test('control hears of an offer that is made while the node runs, and of its end', async () => {
  const told: SelfUpdate[] = [];
  const { node, offers } = await offering(told);
  const end = offers.add({ ...peerApi, ingress: 'on' });
  expect(told).toEqual([{ services: peerApi.services, ingress: 'on' }]);
  end();
  end();
  expect(told.slice(1)).toEqual([{ services: [], ingress: 'off' }]);
  await node.close();
});

test('offers of several parts are told as one, each service once, with the strongest wish for ingress', async () => {
  const told: SelfUpdate[] = [];
  const { node, offers } = await offering(told);
  offers.add({ ...peerApi, ingress: 'prepared' });
  const end = offers.add({ services: [...peerApi.services, { protocol: 'peerapi6', port: 40_000 }], ingress: 'on' });
  expect(told.at(-1)).toEqual({ services: [...peerApi.services, { protocol: 'peerapi6', port: 40_000 }], ingress: 'on' });
  end();
  expect(told.at(-1)).toEqual({ services: peerApi.services, ingress: 'prepared' });
  await node.close();
});

test('a control that takes the place of another hears of the offers there are', async () => {
  const told: SelfUpdate[] = [];
  const { node, offers } = await offering([]);
  offers.add(peerApi);
  await node.replace('first', hearing('second', told));
  expect(told.at(-1)).toEqual({ services: peerApi.services });
  await node.close();
});

/** A Stack that lets a test see who is asked for a new flow. */
function asking(name: string, asked: Set<(flow: NewFlow) => Claim | undefined>): Plugin {
  const intercept = (decide: (flow: NewFlow) => Claim | undefined) => {
    asked.add(decide);
    return () => void asked.delete(decide);
  };
  return { ...stack(journal, name, {}, { intercept }), offers: ['stack.intercept'] };
}

test('interceptions go over to the Stack that takes the place of another, in their order', async () => {
  const [before, after] = [new Set<(flow: NewFlow) => Claim | undefined>(), new Set<(flow: NewFlow) => Claim | undefined>()];
  const node = createNode({}, [asking('before', before), gadget(journal)]);
  await node.start();
  const flow: NewFlow = { protocol: 'tcp', local: { address: '10.0.0.1', port: 80 }, remote: { address: '10.0.0.2', port: 1 } };
  const answers = (): unknown[] => [...after].map((decide) => decide(flow));
  const deciders = [() => undefined, (): Claim => 'refuse', (): Claim => 'drop'];
  const ends = deciders.map((decide) => node.flows.intercept!(decide));
  ends[1]!();
  await node.replace('before', asking('after', after));
  expect([...before]).toEqual([]);
  expect(answers()).toEqual([undefined, 'drop']);
  ends[0]!();
  expect(answers()).toEqual(['drop']);
  await node.close();
  expect([...after]).toEqual([]);
});

test('a Stack that does not start leaves the interceptions where they were', async () => {
  const before = new Set<unknown>();
  const node = createNode({}, [asking('before', before as never), gadget(journal)]);
  await node.start();
  node.flows.intercept!(() => undefined);
  const broken = { ...stack(journal, 'broken', { open: 'throws' }, { intercept: () => () => {} }), offers: ['stack.intercept'] };
  await expect(node.replace('before', broken)).rejects.toMatchObject({ code: 'HEDDLE_START_FAILED' });
  expect(before.size).toBe(1);
  await node.close();
});
