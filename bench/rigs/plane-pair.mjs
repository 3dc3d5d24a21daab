// @ts-check
import { BatchStack } from './batch-stack.mjs';
import { LoopBind } from './loop-bind.mjs';
import { staticNode } from './static-node.mjs';

/** Two whole nodes in memory, from the Stack of one to the Stack of the other. */
export class PlanePair {
  a = new LoopBind();
  b = new LoopBind();

  /**
   * @param {import('@heddle/crypto').Crypto} crypto
   * @param {{ packets: number, length: number }} batch
   */
  constructor(crypto, { packets, length }) {
    this.packets = packets;
    this.source = new BatchStack(packets, length, { from: 1, to: 2 });
    this.sink = new BatchStack(1, 64, { from: 2, to: 1 });
    this.a.other = this.b;
    this.b.other = this.a;
    this.nodes = [
      staticNode(crypto, { stack: this.source, bind: this.a.plugin(), endpoint: 'loop:peer' }),
      staticNode(crypto, { stack: this.sink, bind: this.b.plugin(), endpoint: 'loop:peer' }),
    ];
  }

  get received() {
    return this.sink.received;
  }

  /** Starts both and waits until packets arrive. */
  async start() {
    for (const node of this.nodes) await node.start();
    this.source.emit();
    for (let turn = 0; turn < 1_000 && this.received < this.packets; turn++) {
      this.a.passOn();
      this.b.passOn();
      await new Promise((done) => setImmediate(done));
    }
    if (this.received < this.packets) throw new Error(`the nodes did not connect: ${JSON.stringify(this.nodes[0]?.status().drops)}`);
  }

  /** One batch from Stack to Stack. */
  pass() {
    this.source.emit();
    this.a.passOn();
    this.b.passOn();
  }

  async close() {
    for (const node of this.nodes) await node.close();
  }
}
