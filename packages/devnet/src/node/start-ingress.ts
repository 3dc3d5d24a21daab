import { ts2021 } from '@heddle/control-ts2021';
import { type Address, createNode, type HeddleNode, type Plugin, type StateStore } from '@heddle/core';
import { disco } from '@heddle/path-disco';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import { Ingress, type IngressOptions, ingressPlugin } from '../ingress/ingress-plugin.js';
import type { IngressCounts } from '../ingress/ingress-relay.js';
import { listenTcp } from './tcp-listener.js';

/** Makes any node with netstack() an ingress relay; `startIngress` makes a whole one. */
export function ingress(options: IngressOptions = {}): Plugin {
  return ingressPlugin(options, listenTcp);
}

export interface StartIngressOptions extends IngressOptions {
  /** Of the control server. */
  readonly url: string;
  /** Registers the node. Default: it must be registered already, in its state. */
  readonly authKey?: string;
  /** Holds the auth key. */
  readonly authKeyFile?: string;
  /** Its name in the tailnet. Default: `ingress`. */
  readonly hostname?: string;
  /** Where its identity is kept, such as fileStore() of @heddle/core/node. Default: memory. */
  readonly state?: StateStore;
  /** UDP port of its own node; 0: any. Default: 0. */
  readonly udpPort?: number;
  /** Relays whose certificates nobody has signed are trusted. Default: false. */
  readonly insecureRelays?: boolean;
}

/** An ingress relay at work. */
export interface RunningIngress {
  readonly node: HeddleNode;
  /** Where visitors come. */
  readonly listening: readonly Address[];
  readonly counts: IngressCounts;
  close(): Promise<void>;
}

/** Starts an ingress relay: a node of the tailnet that brings visitors from the internet to the others. */
export async function startIngress(options: StartIngressOptions): Promise<RunningIngress> {
  const { url, hostname = 'ingress', authKey, authKeyFile, state, udpPort = 0, insecureRelays = false } = options;
  const control = ts2021({ url, hostname, ...(authKey !== undefined && { authKey }), ...(authKeyFile !== undefined && { authKeyFile }) });
  const ways = [udp({ port: udpPort }), derp({ allowInsecure: insecureRelays }), disco()];
  const node = createNode({ hostname, ...(state && { state }) }, [control, ...ways, netstack(), ingress(options)]);
  await node.start();
  const service = node.get(Ingress);
  return {
    node,
    listening: service.listening,
    get counts() {
      return service.counts;
    },
    close: () => node.close(),
  };
}
