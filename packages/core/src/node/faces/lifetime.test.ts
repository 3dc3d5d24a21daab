import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { simFlows, site } from '../../../test/faces/sim-flows.js';
import { EventLoopHold, Pin } from './event-loop-hold.js';
import { FlowServer } from './flow-server.js';
import { FlowSocket } from './flow-socket.js';
import { IdleTimer } from './idle-timer.js';
import { tailnetLookup } from './lookup.js';
import { nodeFaces } from './node-faces.js';
import { quietTimers } from './quiet-timers.js';
import { ReadSpace } from './read-space.js';

/** Timers that keep this process alive. */
function holding(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

test('one timer holds the process, however many sockets are open, and unref lets it go', () => {
  const hold = new EventLoopHold();
  const before = holding();
  const [a, b] = [new Pin(hold), new Pin(hold)];
  expect(holding()).toBe(before);
  a.open();
  b.open();
  b.open();
  expect([hold.holders, holding() - before]).toEqual([2, 1]);
  a.want(false);
  b.close();
  expect([hold.holders, holding() - before]).toEqual([0, 0]);
  a.want(true);
  expect([hold.holders, holding() - before]).toEqual([1, 1]);
  a.close();
  expect([hold.holders, holding() - before]).toEqual([0, 0]);
});

test('open sockets and servers hold the process, closed and unref’ed ones do not', async () => {
  const hold = new EventLoopHold();
  const { host } = site();
  const ground = { flows: simFlows(host), lookup: tailnetLookup(() => []), timers: quietTimers, hold, space: new ReadSpace() };
  const server = new FlowServer(ground, {}, (socket) => void socket.unref().resume()).listen(0, '127.0.0.1');
  expect(hold.holders).toBe(1);
  await once(server, 'listening');
  const client = new FlowSocket(ground).connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  expect(hold.holders).toBe(2);
  server.unref();
  expect(hold.holders).toBe(1);
  client.unref();
  expect(hold.holders).toBe(0);
  client.ref();
  expect(hold.holders).toBe(1);
  await client[Symbol.asyncDispose]();
  expect(hold.holders).toBe(0);
  server.ref();
  await server[Symbol.asyncDispose]();
  expect(hold.holders).toBe(0);
});

test('silence is counted from the last activity, without a timer for each', () => {
  const clock = new VirtualClock();
  const told: number[] = [];
  const idle = new IdleTimer(clock, () => told.push(clock.now()));
  idle.set(100);
  for (let n = 0; n < 5; n++) {
    clock.advance(60);
    idle.touch();
    expect(clock.pending).toBe(1);
  }
  clock.advance(1_000);
  expect(told).toEqual([400]);
  idle.touch();
  clock.advance(1_000);
  expect(told).toEqual([400, 1_400]);
  idle.set(0);
  idle.touch();
  expect(clock.pending).toBe(0);
});

test('a host with two addresses: a silent first one costs 250 ms', async () => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const { faces, host } = site({ clock, timers: clock, names: { worker: ['203.0.113.9', '192.0.2.1'] } });
  await clock.settle(host.streams.listen({ address: '192.0.2.1', port: 80 }, () => {}));
  const socket = faces.connect({ host: 'worker', port: 80 });
  await clock.settle(once(socket, 'connect'));
  expect([socket.remoteAddress, clock.now()]).toEqual(['192.0.2.1', 250]);
  socket.destroy();
});

test('what an application throws in a handler does not reach the Stack', async () => {
  const { host } = site();
  const faults: unknown[] = [];
  const flows = simFlows(host);
  const guarded = {
    ...flows,
    listen: (at: { port: number }, accept: Parameters<typeof flows.listen>[1]) =>
      flows.listen(at, (flow) => {
        try {
          accept(flow);
        } catch (error) {
          faults.push(error);
        }
      }),
  };
  const faces = nodeFaces({ flows: guarded, lookup: () => [] } as never);
  const thrown: unknown[] = [];
  const uncaught = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', (error) => thrown.push(error.message));
  const server = faces.listen({ port: 0 }, () => {
    throw new Error('a bug of the application');
  });
  await once(server, 'listening');
  const client = faces.connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  await once(client, 'connect');
  await new Promise((resolve) => setImmediate(resolve));
  for (const listener of uncaught) process.on('uncaughtException', listener);
  expect({ faults, thrown }).toEqual({ faults: [], thrown: ['a bug of the application'] });
  client.destroy();
  server.close();
});
