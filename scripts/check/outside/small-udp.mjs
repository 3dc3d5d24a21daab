// @ts-check
// A Bind as somebody writes it who has nothing but the published packages.
import dgram from 'node:dgram';
import { defineBind, definePlugin, provideBind } from '@heddle/core';

const LARGEST = 65_507;

/** @param {string} rest what follows `small:` */
function place(rest) {
  const [, address = '', port] = /^(\d+\.\d+\.\d+\.\d+):(\d{1,5})$/.exec(rest) ?? [];
  if (port === undefined || Number(port) > 65_535 || address.split('.').some((part) => Number(part) > 255)) return undefined;
  return { id: new TextEncoder().encode(rest), limitKey: address, ip: { address, port: Number(port) } };
}

/** @param {import('@heddle/core').BindHandle} handle @returns {Promise<dgram.Socket>} */
function open({ context, signal, deliver, remote, endpoints }) {
  /** @type {any} an address needs no look-up, and so leaves at once */
  const lookup = (/** @type {string} */ host, /** @type {object} */ _, /** @type {Function} */ done) => done(null, host, 4);
  const socket = dgram.createSocket({ type: 'udp4', lookup, recvBufferSize: 1 << 22 });
  socket.on('message', (bytes, { address, port }) => {
    const from = `${address}:${port}`;
    const batch = context.pool.of(bytes);
    if (batch === undefined) return context.drop('pool-empty', 1);
    batch.remote = remote(from, () => place(from) ?? never());
    deliver(batch);
    batch.release();
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const here = `127.0.0.1:${socket.address().port}`;
      endpoints([{ remote: remote(here, () => place(here) ?? never()), kind: 'local' }]);
      signal.aborted ? reject(signal.reason) : resolve(socket);
    });
  });
}

/** @param {dgram.Socket} socket @param {import('@heddle/core').Remote} to @param {import('@heddle/core').PacketBatch} batch */
function send(socket, { ip }, batch) {
  if (ip === undefined || ip.port === 0) return 0;
  for (let i = 0; i < batch.count; i++) {
    if (batch.packet(i).length > LARGEST || socket.getSendQueueCount() > 0) return i;
    socket.send(batch.packet(i).slice(), ip.port, ip.address);
  }
  return batch.count;
}

/** @returns {never} */
function never() {
  throw new Error('the kernel named an impossible address');
}

/** @param {dgram.Socket} socket @returns {Promise<void>} */
const close = (socket) => new Promise((done) => void socket.close(() => done()));

export const smallUdp = () => defineBind({ scheme: 'small', traits: { largestDatagram: LARGEST }, parse: place, open, send, close });

export const smallUdpPlugin = definePlugin({ name: 'small-udp', provides: [provideBind('small', [], smallUdp)] });
