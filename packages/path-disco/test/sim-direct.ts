import {
  type BindHandle,
  type Bytes,
  defineBind,
  definePlugin,
  type LocalEndpoint,
  type Plugin,
  provideBind,
  Tokens,
  type UdpSocket,
} from '@heddle/core';
import type { SimHost } from '@heddle/testing';
import { formatAddressPort, parseAddress } from '@heddle/wire';

const ASK = 0x53;
const EVERY = 20_000;

/** Tells every asker where its question came from: what a STUN server does, in one byte. */
export async function startMirror(host: SimHost, port: number): Promise<void> {
  const answer = (address: string, from: number): Bytes => new TextEncoder().encode(`S${text(address, from)}`);
  const socket: UdpSocket = await host.udp.open({
    family: host.address().includes(':') ? 6 : 4,
    port,
    message: (_, address, from) => void socket.send(answer(address, from), 0, answer(address, from).length, from, address),
    fault: () => {},
  });
}

interface State {
  readonly socket: UdpSocket;
  readonly look: () => void;
  readonly stop: () => void;
}

/** Direct UDP on a simulated host, which asks a mirror for its mapped endpoint: at the start, when poked, and now and then. */
export function simDirect(
  host: SimHost,
  options: { readonly mirror?: { address: string; port: number }; readonly port?: number } = {},
): Plugin {
  const { mirror, port = 41_641 } = options;
  const family = host.interfaces.list().some(({ address, loopback }) => !loopback && !address.includes(':')) ? 4 : 6;
  const make = () =>
    defineBind<State>({
      scheme: 'udp',
      async open(handle) {
        const places = new Places(handle, host, port);
        const socket = await host.udp.open({
          family,
          port,
          message: (bytes, address, from) => places.heard(bytes, address, from),
          fault: () => {},
        });
        const ask = (): void => {
          if (mirror !== undefined) socket.send(Uint8Array.of(ASK), 0, 1, mirror.port, mirror.address);
          cancel = handle.context.clock.at(handle.context.clock.now() + EVERY, ask);
        };
        let cancel = (): void => {};
        const look = (): void => {
          cancel();
          places.show();
          ask();
        };
        look();
        return { socket, look, stop: () => cancel() };
      },
      send({ socket }, { ip }, batch) {
        for (let i = 0; i < batch.count; i++) socket.send(batch.slab, batch.offsets[i]!, batch.lengths[i]!, ip!.port, ip!.address);
        return batch.count;
      },
      async close({ socket, stop }) {
        stop();
        await socket.close();
      },
      parse: (rest) => parts(rest),
      poke: ({ look }) => look(),
    });
  return definePlugin({ name: '@heddle/sim-direct', provides: [provideBind('udp', [Tokens.Clock], make)] });
}

/** What the Bind says of itself, and what it hands to core. */
class Places {
  readonly #handle: BindHandle;
  readonly #host: SimHost;
  readonly #port: number;
  #mapped: string | undefined;

  constructor(handle: BindHandle, host: SimHost, port: number) {
    this.#handle = handle;
    this.#host = host;
    this.#port = port;
  }

  show(): void {
    const local = this.#host.interfaces.list().filter(({ loopback }) => !loopback);
    const places = local.map(({ address }) => this.#endpoint(text(address, this.#port), 'local'));
    this.#handle.endpoints(this.#mapped === undefined ? places : [...places, this.#endpoint(this.#mapped, 'stun')]);
  }

  heard(bytes: Bytes, address: string, port: number): void {
    if (bytes[0] === ASK) return this.#map(new TextDecoder().decode(bytes.subarray(1)));
    const batch = this.#handle.context.pool.of(bytes);
    if (batch === undefined) return;
    batch.remote = this.#handle.remote(text(address, port), () => parts(text(address, port))!);
    this.#handle.deliver(batch);
    batch.release();
  }

  #map(mapped: string): void {
    if (mapped === this.#mapped) return;
    this.#mapped = mapped;
    this.show();
  }

  #endpoint(place: string, kind: LocalEndpoint['kind']): LocalEndpoint {
    return { kind, remote: this.#handle.remote(place, () => parts(place)!) };
  }
}

function text(address: string, port: number): string {
  return formatAddressPort({ address: parseAddress(address)!, port });
}

function parts(rest: string) {
  const [, address, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(rest) ?? [];
  if (address === undefined || parseAddress(address) === undefined) return undefined;
  return { id: new TextEncoder().encode(rest), limitKey: address, ip: { address, port: Number(port) } };
}
