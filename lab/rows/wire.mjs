// @ts-check
import assert from 'node:assert/strict';
import { iperf } from '../lib/iperf.mjs';
import { ping } from '../lib/ping.mjs';
import { OUTER, throughWire } from '../lib/tunnel.mjs';

/** @typedef {import('../run.mjs').Row} Row */

const FAR = OUTER.b[4];

/** @type {readonly Row[]} */
export const rows = [
  {
    id: 'wire-perfect',
    says: 'a wire that is not impaired loses nothing, adds less than 1 ms and carries 300 Mbit/s',
    async run(lab) {
      const { a, b, wire } = await throughWire(lab);
      const idle = await ping(a, FAR, { count: 100, size: 1_400 });
      assert.equal(idle.received, 100);
      assert.ok(idle.median < 1, `median ${idle.median} ms`);
      const { megabits } = await iperf(a, b, FAR);
      lab.note(`${Math.round(megabits)} Mbit/s, ping ${idle.median} ms`);
      assert.ok(megabits >= 300, `${megabits} Mbit/s`);
      const { left, right } = await wire.counters();
      assert.equal(left.kernelDropped + right.kernelDropped + left.sendFailed + right.sendFailed, 0);
    },
  },
  {
    id: 'wire-delay',
    says: 'delay applies per direction, and can be changed while frames travel',
    async run(lab) {
      const { a, wire } = await throughWire(lab);
      await wire.set({ direction: 'right', delayMs: 15 });
      await wire.set({ direction: 'left', delayMs: 5 });
      const slow = await ping(a, FAR, { count: 20 });
      assert.ok(slow.median >= 20 && slow.median < 22, `median ${slow.median} ms`);
      await wire.set({ delayMs: 0 });
      const quick = await ping(a, FAR, { count: 20 });
      assert.ok(quick.median < 1, `median ${quick.median} ms`);
      lab.note(`${slow.median} ms for 20 ms, ${quick.median} ms for none`);
    },
  },
  {
    id: 'wire-jitter',
    says: 'jitter spreads the delays and keeps the order',
    async run(lab) {
      const { a, wire } = await throughWire(lab);
      await wire.set({ direction: 'right', delayMs: 5, jitterMs: 20 });
      const shaky = await ping(a, FAR, { count: 100 });
      assert.equal(shaky.received, 100);
      assert.ok(shaky.inOrder);
      assert.ok(
        Math.min(...shaky.rtts) < 15 && Math.max(...shaky.rtts) > 20,
        `${Math.min(...shaky.rtts)} to ${Math.max(...shaky.rtts)} ms`,
      );
    },
  },
  {
    id: 'wire-loss',
    says: 'frames are lost with their probability, the same ones for the same seed',
    async run(lab) {
      const { a, wire } = await throughWire(lab, { seed: 5 });
      await wire.set({ direction: 'right', loss: 0.2 });
      const some = await ping(a, FAR, { count: 200, interval: 0.005 });
      const { right, left } = await wire.counters();
      assert.equal(right.lost, 200 - some.received);
      assert.ok(right.lost >= 20 && right.lost <= 60, `${right.lost} of 200`);
      assert.equal(left.lost, 0);
      await wire.set({ blocked: true });
      assert.equal((await ping(a, FAR, { count: 3, wait: 0.2 })).received, 0);
      await wire.set({ blocked: false, loss: 0 });
      assert.equal((await ping(a, FAR, { count: 20 })).received, 20);
    },
  },
  {
    id: 'wire-duplicate-reorder',
    says: 'frames are doubled and overtake each other',
    async run(lab) {
      const { a, wire } = await throughWire(lab);
      await wire.set({ direction: 'right', duplicate: 0.5 });
      const doubled = await ping(a, FAR, { count: 100 });
      assert.equal(doubled.received, 100);
      assert.ok(doubled.duplicates >= 30, `${doubled.duplicates} doubled`);
      await wire.set({ duplicate: 0, reorder: 0.2, reorderByMs: 25 });
      const mixed = await ping(a, FAR, { count: 100 });
      assert.equal(mixed.received, 100);
      assert.equal(mixed.inOrder, false);
    },
  },
  {
    id: 'wire-corrupt',
    says: 'a damaged datagram reaches the program behind the socket',
    async run(lab) {
      const { a, b, wire } = await throughWire(lab);
      const script =
        "require('node:dgram').createSocket('udp4').on('message', m => console.log(m.toString('hex'))).bind(9999, () => console.log('bound'))";
      const server = await b.start('udp', [process.execPath, '-e', script]);
      await server.says(lab, 'bound');
      await wire.set({ direction: 'right', corrupt: 1 });
      const zeros = 'aa'.repeat(50);
      const send = `const s=require('node:dgram').createSocket('udp4');s.send(Buffer.from('${zeros}','hex'),9999,'${FAR}',()=>s.close())`;
      await a.exec([process.execPath, '-e', send]);
      await server.says(lab, '[0-9a-f]{100}');
      assert.ok(!(await server.log()).includes(zeros), 'the datagram arrived whole');
    },
  },
  {
    id: 'wire-rate-mtu',
    says: 'the rate holds, and packets over the MTU vanish',
    async run(lab) {
      const { a, b, wire } = await throughWire(lab);
      await wire.set({ direction: 'right', rateMbit: 20 });
      const { megabits } = await iperf(a, b, FAR);
      lab.note(`${megabits.toFixed(1)} Mbit/s for 20`);
      assert.ok(megabits > 15 && megabits < 20.5, `${megabits} Mbit/s`);
      await wire.set({ rateMbit: 0, mtu: 1_300 });
      assert.equal((await ping(a, FAR, { count: 5, size: 1_300 - 28, whole: true })).received, 5);
      assert.equal((await ping(a, FAR, { count: 5, size: 1_301 - 28, whole: true, wait: 0.2 })).received, 0);
    },
  },
];
