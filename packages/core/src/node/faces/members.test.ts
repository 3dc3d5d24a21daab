import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { mistakes } from '../../../test/faces/mistakes.js';
import { site } from '../../../test/faces/sim-flows.js';
import { nodeSockets, ourSockets } from '../../../test/faces/transcript.js';
import type { Address, FlowLayer, UdpEvents } from '../../contracts/flows.js';
import { nodeFaces } from './node-faces.js';

/** Members that Node's object has, by itself or by its class, and that are not private by their name. */
function members(instance: object): string[] {
  const own = Object.getOwnPropertyNames(instance);
  const ofClass = Object.getOwnPropertyNames(Object.getPrototypeOf(instance));
  return [...new Set([...own, ...ofClass])].filter((name) => !name.startsWith('_') && name !== 'constructor').sort();
}

function missing(nodes: object, ours: object): string[] {
  return members(nodes).filter((name) => !(name in ours));
}

test('every documented member of net.Socket, net.Server and dgram.Socket is there', () => {
  const { faces } = site();
  const udp = dgram.createSocket('udp4');
  udp.close();
  expect({
    socket: missing(new net.Socket(), faces.socket()),
    server: missing(net.createServer(), faces.server()),
    datagrams: missing(udp, faces.datagramSocket()),
  }).toEqual({ socket: [], server: [], datagrams: [] });
});

test('broadcast and multicast are refused by name', () => {
  const socket = site().faces.datagramSocket();
  expect(() => socket.addMembership('224.0.0.1')).toThrow('addMembership: a tailnet has neither broadcast nor multicast');
  expect(() => socket.setBroadcast(true)).toThrow(expect.objectContaining({ code: 'HEDDLE_UNSUPPORTED' }));
});

test('a socket of type udp4 hears nothing of IPv6, whatever the Stack binds', async () => {
  let arrive = (_from: Address): void => {};
  const flows: FlowLayer = {
    bindUdp: async (_at, receive) => {
      arrive = (from) => receive(new Uint8Array(1), from);
      return { at: { address: '0.0.0.0', port: 9 }, send: () => true, close: async () => {} };
    },
  };
  const heard: string[] = [];
  const socket = nodeFaces({ flows, lookup: () => [] } as never).bindUdp({ port: 9 }, (_message, from) => heard.push(from.address));
  await once(socket, 'listening');
  for (const address of ['fd00::1', '10.0.0.1']) arrive({ address, port: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['10.0.0.1']);
  socket.close();
});

test('a mistake in an argument is the error of Node, word by word', () => {
  expect(mistakes(ourSockets())).toEqual(mistakes(nodeSockets));
});

test('a connected datagram socket is told that nobody listens where it sends; one that is not connected is not', async () => {
  let events: UdpEvents = {};
  const flows: FlowLayer = {
    bindUdp: async () => ({
      at: { address: '10.0.0.1', port: 9 },
      send: () => true,
      close: async () => {},
      on: (given) => {
        events = given;
      },
    }),
  };
  const socket = nodeFaces({ flows, lookup: () => [] } as never).bindUdp({ port: 9 });
  await once(socket, 'listening');
  events.error?.('refused', { address: '10.0.0.2', port: 7 });
  await new Promise((resolve) => setImmediate(resolve));
  socket.connect(7, '10.0.0.2');
  await once(socket, 'connect');
  events.error?.('refused', { address: '10.0.0.3', port: 7 });
  events.error?.('refused', { address: '10.0.0.2', port: 7 });
  const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException];
  expect(error).toMatchObject({ message: 'recvmsg ECONNREFUSED', code: 'ECONNREFUSED', syscall: 'recvmsg', errno: -111 });
  socket.close();
});
