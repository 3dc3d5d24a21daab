// @ts-check
import { udp } from '@heddle/transport-udp';
import { BatchStack } from './batch-stack.mjs';
import { freePort } from './free-port.mjs';
import { staticNode } from './static-node.mjs';

/** Two nodes of one process with sockets of `node:dgram` on this machine's own address; a batch is sent when the last one has arrived. */
export class UdpPair {
  /**
   * @param {import('@heddle/crypto').Crypto} crypto
   * @param {{ packets: number, length: number }} batch
   */
  constructor(crypto, { packets, length }) {
    this.crypto = crypto;
    this.packets = packets;
    this.source = new BatchStack(packets, length, { from: 1, to: 2 });
    this.sink = new BatchStack(1, 64, { from: 2, to: 1 });
    /** @type {import('@heddle/core').HeddleNode[]} */
    this.nodes = [];
  }

  get received() {
    return this.sink.received;
  }

  async start() {
    const port = await freePort();
    this.nodes = [
      staticNode(this.crypto, { stack: this.sink, bind: udp({ port, fallback: false }) }),
      staticNode(this.crypto, { stack: this.source, bind: udp(), endpoint: `udp:127.0.0.1:${port}` }),
    ];
    for (const node of this.nodes) await node.start();
    await this.pass();
  }

  /** One batch from Stack to Stack; rejects when nothing has come for seconds. */
  async pass() {
    const goal = this.received + this.packets;
    const arrived = new Promise((resolve, reject) => {
      const late = setTimeout(reject, 5_000, new Error('packets were lost between two sockets of one machine'));
      this.sink.delivered = () => {
        if (this.received < goal) return;
        clearTimeout(late);
        resolve(undefined);
      };
    });
    this.source.emit();
    await arrived;
  }

  async close() {
    for (const node of this.nodes) await node.close();
  }
}
