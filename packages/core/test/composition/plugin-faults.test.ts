import {
  type Bind,
  createNode,
  definePlugin,
  type HeddleNode,
  PacketBatch,
  PacketStream,
  type Plugin,
  provide,
  provideBind,
  type Stack,
  through,
  token,
  wrapBind,
  wrapStack,
} from '@heddle/core';
import { Observable, type Subscriber } from 'rxjs';
import { expect, test } from 'vitest';
import { fakeBind, Journal, stack } from './fake-parts.js';

const journal = new Journal();

function changedBind(change: Partial<Bind>): Plugin {
  return definePlugin({ name: 'own', provides: [provideBind('own', [], () => ({ ...fakeBind(journal, 'own', 'own'), ...change }))] });
}

async function running(plugin: Plugin, look: (node: HeddleNode) => void): Promise<void> {
  await using node = createNode({}, [plugin]);
  await node.start();
  look(node);
}

const healthOf = (node: HeddleNode): unknown => node.status().plugins[0]!.health;

test('a middleware that throws over what was received is shown as the plugin’s fault, and its packets are counted', async () => {
  const stream = new PacketStream<PacketBatch>();
  const hooks = {
    receive: (): void => {
      throw new Error('broken on purpose');
    },
  };
  const plugin = through(changedBind({ datagrams$: stream.stream$ }), { bind: (inner) => wrapBind(inner, () => hooks) });
  await running(plugin, (node) => {
    stream.emit(PacketBatch.of(new Uint8Array(9), new Uint8Array(9)));
    const text = expect.stringContaining('a middleware threw in receive: broken on purpose');
    expect(healthOf(node)).toMatchObject({ ok: false, code: 'HEDDLE_PLUGIN_FAULT', text });
    expect(node.status().drops['bind-fault']).toBe(2);
  });
});

test('a packet stream that errors behind a middleware is shown as the plugin’s fault', async () => {
  let consumer: Subscriber<PacketBatch> | undefined;
  const erring = new Observable<PacketBatch>((subscriber) => {
    consumer = subscriber;
  });
  const bind = through(changedBind({ datagrams$: erring }), { bind: (inner) => wrapBind(inner, () => ({})) });
  const wrap = (inner: Stack): Stack => wrapStack({ ...inner, packets$: erring }, () => ({}));
  for (const plugin of [bind, through(stack(journal), { stack: wrap })])
    await running(plugin, (node) => {
      consumer!.error(new Error('socket gone'));
      expect(healthOf(node)).toMatchObject({ ok: false, code: 'HEDDLE_PLUGIN_FAULT', text: expect.stringContaining('socket gone') });
    });
});

test('a middleware that cannot be made fails the start and closes what it stands on', async () => {
  const make = (): never => {
    throw new Error('no key');
  };
  const node = createNode({}, [through(changedBind({}), { bind: (inner) => wrapBind(inner, make) })]);
  await expect(node.start()).rejects.toMatchObject({ code: 'HEDDLE_START_FAILED', message: expect.stringContaining('no key') });
  await node.close();
  expect(journal.open).toEqual(new Set());
});

test('a middleware that throws when it closes does not keep what it stands on from closing', async () => {
  const hooks = {
    close: (): void => {
      throw new Error('broken on purpose');
    },
  };
  await running(through(changedBind({}), { bind: (inner) => wrapBind(inner, () => hooks) }), () => {});
  expect(journal.open).toEqual(new Set());
});

test('endpoints that cannot be read are the Bind’s fault, and no one else reads them', async () => {
  for (const junk of [undefined, [undefined], [{ kind: 'local' }]]) {
    const localEndpoints$ = new Observable<never>((subscriber) => subscriber.next(junk as never));
    await running(changedBind({ localEndpoints$ }), (node) => {
      expect(healthOf(node)).toMatchObject({ code: 'HEDDLE_PLUGIN_FAULT', text: expect.stringContaining('localEndpoints$') });
    });
  }
});

test('a service whose health ends with an error is not well, and the node goes on', async () => {
  const health = (): Observable<never> => new Observable((subscriber) => subscriber.error(new Error('broken on purpose')));
  const service = provide(token<object>('@toy/Sick'), [], () => ({}), { health });
  await running(definePlugin({ name: 'sick', provides: [service] }), (node) => {
    const text = expect.stringContaining('its health ended with an error: broken on purpose');
    expect(healthOf(node)).toMatchObject({ plugin: 'sick', ok: false, code: 'HEDDLE_PLUGIN_FAULT', text });
  });
});
