// @ts-check
import { createNode, Tokens } from '@heddle/core';
import { netstack } from '@heddle/stack-netstack';
import { MemoryControl, MemoryNetwork, memory, memoryControl } from '@heddle/testing';

const PORT = 7;
const CHUNK = new Uint8Array(64 * 1024);

/** Two whole nodes in memory with netstacks, and one stream from the first to the second. */
export class StreamPair {
  #network = new MemoryNetwork();
  #ends = [this.#end('a', '10.0.0.1'), this.#end('b', '10.0.0.2')];
  #received = 0;
  #into = new Uint8Array(CHUNK.length);
  /** @type {import('@heddle/core').Flow | undefined} */
  #flow;

  get nodes() {
    return this.#ends.map(({ node }) => node);
  }

  /** @param {string} name @param {string} address */
  #end(name, address) {
    const control = new MemoryControl();
    const parts = [memoryControl(control), memory({ network: this.#network, name }), netstack()];
    return { name, address, control, node: createNode({ hostname: name }, parts) };
  }

  async start() {
    for (const { node } of this.#ends) await node.start();
    for (const { name, address, control } of this.#ends)
      control.set({ self: { name, addresses: [`${address}/32`] }, peers: this.#ends.filter((end) => end.name !== name).map(peerOf) });
  }

  /** Opens the stream; what watches flows has to be there before. */
  async open() {
    const [a, b] = this.nodes;
    await b?.flows.listen?.({ port: PORT }, (flow) => flow.on({ readable: () => this.#read(flow) }));
    this.#flow = await a?.flows.connect?.({ address: '10.0.0.2', port: PORT }, {});
  }

  /** Resolves when so many bytes more have arrived. @param {number} bytes */
  async move(bytes) {
    const flow = this.#flow;
    const due = this.#received + bytes;
    let left = bytes;
    const write = () => {
      for (let taken = 1; taken > 0 && left > 0; left -= taken) taken = flow?.write(CHUNK.subarray(0, Math.min(left, CHUNK.length))) ?? 0;
    };
    flow?.on({ writable: write });
    write();
    while (this.#received < due) await new Promise((done) => setImmediate(done));
  }

  async close() {
    for (const node of this.nodes) await node.close();
  }

  /** @param {import('@heddle/core').Flow} flow */
  #read(flow) {
    for (let count = flow.read(this.#into); count > 0; count = flow.read(this.#into)) this.#received += count;
  }
}

/** @param {{ name: string, address: string, node: import('@heddle/core').HeddleNode }} end @returns {import('@heddle/core').Peer} */
function peerOf({ name, address, node }) {
  const nodeKey = /** @type {import('@heddle/core').KeyPairBytes} */ (node.get(Tokens.Identity).nodeKey).publicKey;
  return { id: name, name, nodeKey, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`mem:${name}`] };
}
