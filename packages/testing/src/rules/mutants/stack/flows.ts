import type { FlowLayer } from '@heddle/core';
import { MemoryHost } from '../../../parts/memory-host.js';
import { MemoryStack } from '../../../parts/memory-stack.js';
import { GoodStack } from '../good-stack.js';
import { mutant, type StackMutant } from './stack-mutant.js';

class FlowMutant extends MemoryStack {
  override readonly flows: FlowLayer;
  constructor(change: (host: MemoryHost) => Partial<FlowLayer>) {
    const host = new MemoryHost();
    super({ host });
    this.flows = { ping: host.ping.bind(host), bindUdp: host.bindUdp.bind(host), ...change(host) };
  }
}

export const flowMutants: readonly StackMutant[] = [
  mutant('lacks what it offers', 'offers', /missing/, class extends GoodStack {}),
  mutant(
    'never resolves ping',
    'ping',
    /never resolves/,
    class extends FlowMutant {
      constructor() {
        super(() => ({ ping: () => new Promise(() => {}) }));
      }
    },
  ),
  mutant(
    'ignores an abort of ping',
    'ping',
    /ignores the abort/,
    class extends FlowMutant {
      constructor() {
        super((host) => ({ ping: (address) => host.ping(address, {}) }));
      }
    },
  ),
  mutant(
    'forgets pings when it closes',
    'ping-ends-with-close',
    /forgotten/,
    class extends FlowMutant {
      constructor() {
        super(() => ({}));
      }
    },
  ),
  mutant(
    'keeps the datagram that it is lent',
    'udp-sends',
    /lent buffer/,
    class extends FlowMutant {
      constructor() {
        super((host) => ({
          bindUdp: async (at, receive) => {
            const port = await host.bindUdp(at, receive);
            return { ...port, send: (datagram, to) => setImmediate(() => port.send(datagram, to)) !== undefined };
          },
        }));
      }
    },
  ),
  mutant(
    'receives twice',
    'udp-receives',
    /called 2 times/,
    class extends FlowMutant {
      constructor() {
        super((host) => ({
          bindUdp: (at, receive) =>
            host.bindUdp(at, (datagram, from) => {
              receive(datagram, from);
              receive(datagram, from);
            }),
        }));
      }
    },
  ),
  mutant(
    'binds a port twice',
    'udp-port-taken',
    /second port/,
    class extends FlowMutant {
      constructor() {
        super((host) => ({ bindUdp: (at, receive) => host.bindUdp(at, receive).catch(() => host.bindUdp({}, receive)) }));
      }
    },
  ),
];
