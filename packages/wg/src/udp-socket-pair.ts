import { type Bind, type BindSettings, type Plugin, through, type UdpSocket, type UdpSocketOptions, type UdpSockets } from '@heddle/core';
import { linuxUdpSockets } from '@heddle/native-linux';
import { udp } from '@heddle/transport-udp';

/** The Bind of the interface while it is up, and its port, which stays the same over down and up. */
export class UdpSocketPair {
  readonly #io: UdpSockets;
  #bind: Bind | undefined;
  #port = 0;

  constructor(sockets: UdpSockets = linuxUdpSockets()) {
    this.#io = { open: (options) => this.#open(sockets, options) };
  }

  /** A new plugin; what it opens is ours to configure. */
  plugin(): Plugin {
    const keep = (bind: Bind): Bind => {
      this.#bind = bind;
      return bind;
    };
    // The sockets are open to all addresses, and the interface's own are among those that come and go: there is nothing to watch.
    return through(udp({ port: this.#port, fallback: false, watchInterval: 0, io: this.#io }), { bind: keep });
  }

  /** 0 as long as there was no socket and nobody named a port. */
  get port(): number {
    return this.#port;
  }

  /** Rejects, with everything as before, when the system refuses. */
  async configure(settings: BindSettings): Promise<void> {
    const before = this.#port;
    try {
      await this.#bind?.configure?.(settings);
    } catch (refusal) {
      this.#port = before;
      throw refusal;
    }
    if (this.#bind === undefined) this.#port = settings.port ?? before;
  }

  /** The sockets are closed; the port is taken again by the next ones. */
  forget(): void {
    this.#bind = undefined;
  }

  async #open(sockets: UdpSockets, options: UdpSocketOptions): Promise<UdpSocket> {
    const socket = await sockets.open(options);
    this.#port = socket.local.port;
    return socket;
  }
}
