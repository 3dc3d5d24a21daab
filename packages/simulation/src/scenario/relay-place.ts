import type { RelayRegion } from '@heddle/core';
import type { Crypto } from '@heddle/crypto';
import { RelayServer } from '@heddle/devnet';
import type { SimHost, SimNetwork } from '@heddle/testing';
import { decodeStunRequest, encodeStunAnswer, parseAddress } from '@heddle/wire';

const DERP_PORT = 3340;
const STUN_PORT = 3478;

type Closing = { close(): Promise<void> };

/** A region with one machine: a DERP relay without TLS, and a STUN server. */
export class RelayPlace {
  readonly region: RelayRegion;
  readonly host: SimHost;
  readonly #address: string;
  readonly #server: RelayServer;
  #open: readonly Closing[] = [];

  constructor(net: SimNetwork, crypto: Crypto, id: number, delay: number) {
    this.#address = `192.0.2.${id}`;
    this.host = net.host(`relay${id}`, { ports: [{ on: net.internet, addresses: [`${this.#address}/24`], link: { delay } }] });
    const { random, clock } = this.host;
    const secret = new Uint8Array(32);
    random.fill(secret);
    this.#server = new RelayServer({ crypto, random, clock, key: crypto.x25519.load(secret), admits: () => true });
    const place = { ipv4: this.#address, ipv6: 'none', derpPort: DERP_PORT, stunPort: STUN_PORT };
    this.region = { id, code: `r${id}`, name: `Region ${id}`, nodes: [{ name: `${id}a`, hostName: this.#address, ...place }] };
  }

  /** Idempotent. */
  async start(): Promise<void> {
    if (this.#open.length > 0) return;
    const listener = await this.host.streams.listen({ address: this.#address, port: DERP_PORT }, this.#server.accept);
    this.#open = [listener, await stunServer(this.host)];
  }

  /** Ends every connection, as a process does that is killed. Idempotent. */
  async stop(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    for (const each of open) await each.close();
    this.#server.close();
  }
}

function stunServer(host: SimHost): Promise<Closing> {
  const opening = host.udp.open({
    family: 4,
    port: STUN_PORT,
    fault: () => {},
    message: (bytes, address, port) => {
      const request = decodeStunRequest(bytes);
      if (request === undefined) return;
      const answer = encodeStunAnswer({ ...request, address: parseAddress(address)!, port });
      void opening.then((socket) => socket.send(answer, 0, answer.length, port, address));
    },
  });
  return opening;
}
