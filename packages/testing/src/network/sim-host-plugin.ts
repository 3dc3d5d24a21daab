import { definePlugin, type Plugin, provide, Tokens } from '@heddle/core';
import type { SimHost } from './sim-host.js';

/** Puts a node on a simulated host: sockets, streams, interfaces and names are the host's, time and randomness are the network's, so that real transports run on it unchanged. */
export function simHost(host: SimHost): Plugin {
  return definePlugin({
    name: '@heddle/testing/sim-host',
    provides: [
      provide(Tokens.Clock, [], () => host.clock),
      provide(Tokens.Random, [], () => host.random),
      provide(Tokens.UdpSockets, [], () => host.udp),
      provide(Tokens.StreamSockets, [], () => host.streams),
      provide(Tokens.Interfaces, [], () => host.interfaces),
      provide(Tokens.HostLookup, [], () => host.lookup),
    ],
  });
}
