import { StaticControl, staticControl, type UapiSet, type UapiStatus } from '@heddle/control-static';
import { createNode, type HeddleNode, type Logger, type Plugin } from '@heddle/core';
import type { TunDevice, TunLink } from '@heddle/native-linux';
import { tun } from '@heddle/stack-tun';
import { errnoOf } from './errno-of.js';
import type { UapiDevice } from './uapi-session.js';
import { UdpSocketPair } from './udp-socket-pair.js';

export interface WireGuardInterfaceOptions {
  readonly device: TunDevice;
  readonly logger: Logger;
  /** Somebody deleted the interface. */
  readonly deleted: () => void;
}

/** A WireGuard interface: a node of static control, TUN, and UDP sockets that are open while the interface is up. One change at a time. */
export class WireGuardInterface implements UapiDevice {
  readonly #logger: Logger;
  readonly #sockets = new UdpSocketPair();
  readonly #node: HeddleNode;
  #link: TunLink;
  #udp: Plugin | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor({ device, logger, deleted }: WireGuardInterfaceOptions) {
    this.#logger = logger;
    this.#link = device.link;
    const stack = tun({ configure: false, open: async () => device, onLink: (link) => this.#changed(link), onDeleted: deleted });
    this.#node = createNode({ logger }, [staticControl({ privateKey: null, mtu: this.#link.mtu, peers: [] }), stack]);
  }

  async start(): Promise<void> {
    await this.#node.start();
    if (this.#link.up) this.#changed(this.#link);
  }

  async close(): Promise<void> {
    await this.#node.close();
  }

  get(): string {
    return this.#control.uapi(this.#status());
  }

  set(operation: UapiSet): Promise<number> {
    return this.#next(() => this.#apply(operation));
  }

  get #control(): StaticControl {
    return this.#node.get(StaticControl);
  }

  /** What the system may refuse goes first: when it does, nothing has changed. */
  async #apply(operation: UapiSet): Promise<number> {
    const { listenPort, fwmark } = operation.device;
    try {
      if (listenPort !== undefined || fwmark !== undefined)
        await this.#sockets.configure({
          ...(listenPort !== undefined && { port: listenPort }),
          ...(fwmark !== undefined && { mark: fwmark }),
        });
    } catch (error) {
      this.#logger.error({ error }, 'the sockets stay as they were');
      return errnoOf(error);
    }
    return this.#control.apply(operation);
  }

  #changed(link: TunLink): void {
    const { mtu } = this.#link;
    this.#link = link;
    if (link.mtu !== mtu) this.#control.update({ ...this.#control.config, mtu: link.mtu });
    void this.#next(() => this.#bringSockets());
  }

  /** Sockets follow the state of the link as it is by now. */
  async #bringSockets(): Promise<void> {
    if (this.#link.up === (this.#udp !== undefined)) return;
    try {
      if (this.#link.up) await this.#openSockets();
      else await this.#closeSockets();
    } catch (error) {
      this.#logger.error({ error }, this.#link.up ? 'no sockets: the interface stays without' : 'sockets did not close');
    }
  }

  async #openSockets(): Promise<void> {
    const plugin = this.#sockets.plugin();
    await this.#node.add(plugin);
    this.#udp = plugin;
    this.#logger.debug({ port: this.#sockets.port }, 'up');
  }

  async #closeSockets(): Promise<void> {
    const plugin = this.#udp;
    this.#udp = undefined;
    this.#sockets.forget();
    if (plugin !== undefined) await this.#node.remove(plugin);
    this.#logger.debug({}, 'down');
  }

  #status(): UapiStatus {
    const peers = new Map(this.#node.status().peers.map((peer) => [peer.publicKey, peer]));
    return {
      listenPort: this.#sockets.port,
      peer: (id) => {
        const peer = peers.get(id);
        return peer && { ...peer, ...(peer.path !== undefined && { endpoint: peer.path }) };
      },
    };
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
