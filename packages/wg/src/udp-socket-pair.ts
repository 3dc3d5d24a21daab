import { type Bind, type BindSettings, type Plugin, through } from '@heddle/core';
import { linuxUdpSockets } from '@heddle/native-linux';
import { udp } from '@heddle/transport-udp';

/** The Bind of the interface while it is up, and its port, which stays the same over down and up. */
export class UdpSocketPair {
  #bind: Bind | undefined;
  #port = 0;

  /** A new plugin; what it opens is ours to configure. */
  plugin(): Plugin {
    return through(udp({ port: this.#port, fallback: false, io: linuxUdpSockets() }), { bind: (inner) => this.#keep(inner) });
  }

  /** 0 as long as there is no socket. */
  get port(): number {
    return this.#port;
  }

  /** Rejects, with everything as before, when the system refuses. */
  async configure(settings: BindSettings): Promise<void> {
    await this.#bind?.configure?.(settings);
    if (this.#bind === undefined && settings.port !== undefined) this.#port = settings.port;
  }

  forget(): void {
    this.#bind = undefined;
  }

  #keep(bind: Bind): Bind {
    this.#bind = bind;
    bind.localEndpoints$.subscribe((endpoints) => {
      this.#port = endpoints.find(({ remote }) => remote.ip !== undefined)?.remote.ip?.port ?? this.#port;
    });
    return bind;
  }
}
