import { createNode, type HeddleNode, type Logger, type Middleware, PacketBatch, through } from '@heddle/core';
import { type Bytes, type Crypto, chooseCrypto } from '@heddle/crypto';
import { MemoryHost, MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { Attacker } from './attack-messages.js';
import { type Member, members, staticPeers } from './static-peers.js';

/** Where attacks happen: a few nodes that know each other, the network they share, and a stranger in it. The victim is the first node. */
export interface Site {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly nodes: readonly HeddleNode[];
  readonly hosts: readonly MemoryHost[];
  readonly all: readonly Member[];
  readonly attacker: Attacker;
  /** X25519 key agreements of the victim so far. */
  agreements(): number;
  /** Lines that the victim has logged. */
  logged(): number;
  /** Datagrams from a source that only sends. */
  send(from: string, ...datagrams: readonly Bytes[]): void;
  /** All nodes have a session with the victim; ends when it is idle. */
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Around the Bind of every node but the victim. */
  readonly line?: Middleware;
  /** Around the Stack of the victim. */
  readonly watch?: Middleware;
}

const VICTIM = 'n0';

export async function attackSite(count: number, { line, watch }: SiteOptions = {}): Promise<Site> {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork({ delay: 1 });
  const random = new SeededRandom(8);
  const counted = countingCrypto(chooseCrypto());
  const log = countingLogger();
  const all = members(count);
  const hosts = all.map(() => new MemoryHost());
  const nodes = all.map((self, i) => {
    const victim = i === 0;
    const host = {
      get: (token: { name: string }) => (victim && token.name === '@heddle/core/Crypto' ? counted.crypto : undefined) as never,
    };
    const around = victim || line === undefined ? [] : [line];
    const options = { hostname: `n${i}`, clock, random: random.fork(`n${i}`), host, ...(victim && { logger: log.logger }) };
    return createNode(options, [
      staticPeers(self, all),
      through(memory({ network, name: `n${i}` }), ...around),
      through(memoryStack({ host: hosts[i]! }), ...(victim && watch !== undefined ? [watch] : [])),
    ]);
  });
  await clock.settle(Promise.all(nodes.map((node) => node.start())));
  return {
    clock,
    network,
    nodes,
    hosts,
    all,
    attacker: new Attacker(all[0]!.publicKey, random.fork('attacker')),
    agreements: counted.agreements,
    logged: log.lines,
    send(from, ...datagrams) {
      const port = network.attach(from, { clock, receive: () => {} });
      port.send(VICTIM, PacketBatch.of(...datagrams));
      port.close();
    },
    close: async () => {
      await clock.settle(Promise.all(nodes.map((node) => node.close())));
    },
  };
}

function countingCrypto(crypto: Crypto): { readonly crypto: Crypto; agreements(): number } {
  let agreements = 0;
  const load: Crypto['x25519']['load'] = (privateKey) => {
    const key = crypto.x25519.load(privateKey);
    const agree = (publicKey: Bytes): Bytes | undefined => {
      agreements++;
      return key.agree(publicKey);
    };
    return { publicKey: key.publicKey, agree };
  };
  return { crypto: { ...crypto, x25519: { load } }, agreements: () => agreements };
}

function countingLogger(): { readonly logger: Logger; lines(): number } {
  let lines = 0;
  const line = (): void => {
    lines++;
  };
  return { logger: { debug: line, info: line, warn: line, error: line }, lines: () => lines };
}
