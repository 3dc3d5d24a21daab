import type { Claim, Flow, FlowLayer } from '../contracts/flows.js';
import type { Direction } from '../contracts/observation.js';
import type { Observers } from './observers.js';
import { watchedFlow } from './watched-flow.js';
import { PortWatch } from './watched-port.js';

type Layer = Required<FlowLayer>;

/** A flow layer whose flows can be watched. A flow that nobody watches is handed on as it is. */
export function watchedLayer(layer: Layer, observers: Observers): Layer {
  const seen = (flow: Flow, direction: Direction, protocol: 'tcp' | 'udp' = 'tcp'): Flow => {
    const { local, remote } = flow;
    const witness = observers.watchesFlows ? observers.opened({ protocol, direction, local, remote }) : undefined;
    return witness === undefined ? flow : watchedFlow(flow, witness);
  };
  return {
    connect: async (to, options) => seen(await layer.connect(to, options), 'out'),
    listen: (at, accept) => layer.listen(at, (flow) => accept(seen(flow, 'in'))),
    bindUdp: async (at, receive) => {
      if (!observers.watchesFlows) return layer.bindUdp(at, receive);
      const watch = new PortWatch((flow) => observers.opened(flow));
      const port = await layer.bindUdp(at, (datagram, from) => {
        watch.saw('in', datagram, from);
        receive(datagram, from);
      });
      return watch.wrap(port);
    },
    ping: (address, options) => layer.ping(address, options),
    intercept: (decide) =>
      layer.intercept((flow) => {
        const claim = decide(flow);
        return accepts(claim) ? { accept: (taken) => claim.accept(seen(taken, 'in', flow.protocol)) } : claim;
      }),
  };
}

function accepts(claim: Claim | undefined): claim is Extract<Claim, { accept: unknown }> {
  return typeof claim === 'object' && 'accept' in claim;
}
