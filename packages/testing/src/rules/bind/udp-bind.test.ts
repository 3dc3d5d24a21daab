import dgram from 'node:dgram';
import { type Bind, type BindHandle, defineBind, type RemoteParts } from '@heddle/core';
import { describe, test } from 'vitest';
import { nodeHost, nodeTime } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { bindRules } from './rules.js';

/** What an author outside the tree writes: a UDP Bind over dgram, and its harness. */
describe('a small UDP Bind over real sockets passes', () => {
  runRules(test, bindRules, {
    host: nodeHost(process),
    overflows: true,
    make: () => ({ a: smallUdp(), b: smallUdp(), c: smallUdp(), time: nodeTime(process, 4) }),
  });
});

const LARGEST = 65_507;

function place(rest: string): RemoteParts | undefined {
  const [, address = '', port] = /^(\d+\.\d+\.\d+\.\d+):(\d{1,5})$/.exec(rest) ?? [];
  if (address.split('.').some((part) => Number(part) > 255) || port === undefined || Number(port) > 65_535) return undefined;
  return { id: new TextEncoder().encode(rest), limitKey: address, ip: { address, port: Number(port) } };
}

function smallUdp(): Bind {
  return defineBind<dgram.Socket>({ scheme: 'udp4', traits: { largestDatagram: LARGEST }, parse: place, open, send, close });

  function open({ context, signal, deliver, remote, endpoints }: BindHandle): Promise<dgram.Socket> {
    const lookup = (host: string, _: unknown, done: (fault: null, address: string, family: number) => void) => done(null, host, 4);
    const socket = dgram.createSocket({ type: 'udp4', lookup: lookup as never, recvBufferSize: 1 << 22 });
    socket.on('message', (bytes, { address, port }) => {
      const batch = context.pool.of(bytes);
      if (batch === undefined) return context.drop('pool-empty', 1);
      batch.remote = remote(`${address}:${port}`, () => place(`${address}:${port}`)!);
      deliver(batch);
      batch.release();
    });
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.bind(0, '127.0.0.1', () => {
        const rest = `127.0.0.1:${socket.address().port}`;
        endpoints([{ remote: remote(rest, () => place(rest)!), kind: 'local' }]);
        if (signal.aborted) reject(signal.reason);
        else resolve(socket);
      });
    });
  }

  function send(socket: dgram.Socket, { ip }: { ip?: { address: string; port: number } }, batch: Parameters<Bind['send']>[1]): number {
    if (ip === undefined || ip.port === 0) return 0;
    for (let i = 0; i < batch.count; i++) {
      if (batch.lengths[i]! > LARGEST || socket.getSendQueueCount() > 0) return i;
      socket.send(batch.packet(i), ip.port, ip.address);
    }
    return batch.count;
  }

  function close(socket: dgram.Socket): Promise<void> {
    return new Promise((done) => socket.close(() => done()));
  }
}
