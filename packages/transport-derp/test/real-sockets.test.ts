import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { type Bytes, type Clock, type Flow, PacketBatch, type RelayNode, SlabPool } from '@heddle/core';
import { SocketFlow } from '@heddle/core/node';
import { nodeTime, SeededRandom } from '@heddle/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { DerpBind } from '../src/derp-bind.js';
import { nodeStreams } from '../src/node/node-streams.js';
import { tcpSockets } from '../src/node/tcp-sockets.js';
import { type DerpOptions, readOptions } from '../src/options.js';
import { plainStreams, type RelayStreams } from '../src/relay/relay-streams.js';
import { authority, selfSigned, signed } from './certificates.js';
import { FakeIdentity, keyPair, relayMap } from './relay-bench.js';
import { crypto, hex, RelayServer } from './relay-server.js';

const { clock } = nodeTime(process);
const hashOf = (pem: string): string => `sha256-raw:${new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()}`;

/** Closed after each test. */
const open = new Set<() => Promise<unknown> | unknown>();
afterEach(async () => {
  for (const close of [...open].reverse()) await close();
  open.clear();
});

async function listen(server: NetServer | Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.add(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  });
  return (server.address() as AddressInfo).port;
}

/** A DERP server with TLS on loopback. */
async function tlsRelay(
  options: TlsOptions,
): Promise<{ readonly server: RelayServer; readonly node: RelayNode; readonly protocols: (string | null)[] }> {
  const server = new RelayServer(new SeededRandom(1));
  const protocols: (string | null)[] = [];
  const listener = createTls({ ...options }, (socket) => {
    protocols.push(socket.getProtocol());
    server.accept(new SocketFlow(socket));
  });
  listener.on('tlsClientError', () => {});
  const derpPort = await listen(listener);
  return { server, protocols, node: { name: 'r', hostName: 'relay.example.com', ipv4: '127.0.0.1', ipv6: 'none', derpPort } };
}

function streamsWith(options: DerpOptions = {}, wall: Clock['wall'] = () => clock.wall()): RelayStreams {
  return nodeStreams({ ...readOptions({ ca: [authority], ...options }), clock: { wall } });
}

const usual = streamsWith();

/** Opens a stream and lets it go: `ok`, or the code of the fault and its text. */
async function tried(node: RelayNode, streams: RelayStreams = usual): Promise<string> {
  try {
    const flow = await streams.open(node, new AbortController().signal, () => {});
    flow.reset();
    return 'ok';
  } catch (thrown) {
    const { code, message } = thrown as { readonly code: string; readonly message: string };
    return `${code} ${message}`;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = clock.now() + 5_000; !holds() && clock.now() < end; ) await new Promise((done) => setTimeout(done, 2));
  expect(holds()).toBe(true);
}

describe('C13: the certificate of a relay', () => {
  test('is believed by the name of its host, and by the name that the map gives it instead', async () => {
    const { node } = await tlsRelay(signed);
    expect(await tried(node)).toBe('ok');
    expect(await tried({ ...node, hostName: 'other.example.com', certName: 'relay.example.com' })).toBe('ok');
  });

  test('with another name, or of an unknown authority, is refused', async () => {
    const { node } = await tlsRelay(signed);
    expect(await tried({ ...node, certName: 'other.example.com' })).toContain('HEDDLE_DERP_CERTIFICATE');
    expect(await tried({ ...node, hostName: 'other.example.com' })).toContain('HEDDLE_DERP_CERTIFICATE');
    expect(await tried(node, streamsWith({ ca: [] }))).toContain('HEDDLE_DERP_CERTIFICATE');
  });

  test('is believed by its hash: without an authority, but not for another host, on another day, or with company', async () => {
    const { node } = await tlsRelay(selfSigned);
    const hashed = { ...node, hostName: '127.0.0.1', certName: hashOf(selfSigned.cert) };
    expect(await tried(hashed)).toBe('ok');
    expect(await tried({ ...hashed, certName: hashOf(signed.cert) })).toContain('another hash');
    expect(await tried({ ...hashed, hostName: 'relay.example.com' })).toContain('not for relay.example.com');
    expect(
      await tried(
        hashed,
        streamsWith({}, () => 0),
      ),
    ).toContain('not valid today');
    const chained = await tlsRelay({ key: signed.key, cert: `${signed.cert}\n${authority}` });
    const withChain = { ...chained.node, certName: hashOf(signed.cert) };
    expect(await tried(withChain)).toContain('more certificates');
  });

  test('goes unchecked only where the map says so and the user agrees', async () => {
    const { node } = await tlsRelay(selfSigned);
    const insecure = { ...node, insecureForTests: true };
    expect(await tried(insecure)).toContain('HEDDLE_DERP_CERTIFICATE');
    const agreed = streamsWith({ allowInsecure: true });
    expect(await tried(node, agreed)).toContain('HEDDLE_DERP_CERTIFICATE');
    expect(await tried(insecure, agreed)).toBe('ok');
  });
});

describe('D6: what stands between', () => {
  test('of the two addresses of a relay whose name is one of them, the other one is tried as well', async () => {
    const { node } = await tlsRelay(selfSigned);
    const both = { ...node, hostName: '::1', ipv6: '::1', certName: hashOf(selfSigned.cert) };
    expect(await tried(both)).not.toContain('HEDDLE_DERP_UNREACHABLE');
  });

  test('TLS 1.2 and odd ALPN pass, TLS 1.1 does not', async () => {
    const { node, protocols } = await tlsRelay({ ...signed, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2', 'x-odd'] });
    expect(await tried(node)).toBe('ok');
    await until(() => protocols.length === 1);
    expect(protocols).toEqual(['TLSv1.2']);
    const old = await tlsRelay({ ...signed, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await tried(old.node)).not.toBe('ok');
  });

  test('a machine in the middle with a key of its own is refused', async () => {
    const { node } = await tlsRelay(selfSigned);
    expect(await tried(node)).toContain('HEDDLE_DERP_CERTIFICATE');
  });

  test('an HTTP proxy carries everything, and is told its password', async () => {
    const { node } = await tlsRelay(signed);
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket: Socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const up = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        up.pipe(socket).pipe(up);
      });
      up.on('error', () => socket.destroy());
      socket.on('error', () => up.destroy());
    });
    const port = await listen(proxy);
    expect(await tried(node, streamsWith({ proxy: `http://me:pass%20word@127.0.0.1:${port}` }))).toBe('ok');
    expect(asked).toEqual([`127.0.0.1:${node.derpPort} Basic ${Buffer.from('me:pass word').toString('base64')}`]);
  });

  test.each(['HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n<html>', 'SSH-2.0-x\r\n'])(
    'a proxy that says %j makes no way to a relay, and nothing of it is taken for one',
    async (answer) => {
      const { node, server } = await tlsRelay(signed);
      const proxy = createServer();
      proxy.on('connect', (_, socket: Socket) => socket.on('error', () => {}).end(answer));
      const said = await tried(node, streamsWith({ proxy: `http://127.0.0.1:${await listen(proxy)}` }));
      expect(said).toMatch(/^HEDDLE_DERP_(PROXY|CERTIFICATE|UNREACHABLE)/);
      expect(server.connections).toBe(0);
    },
  );

  test('a proxy has longer to make a tunnel than a relay has to answer', () => {
    expect(streamsWith({ proxy: 'http://127.0.0.1:1' }).connectWithin).toBe(6_000);
    expect(usual.connectWithin).toBeUndefined();
  });

  test('a proxy URL that is none is refused before anything starts', () => {
    expect(() => readOptions({ proxy: 'socks5://127.0.0.1:1' })).toThrow('proxy');
  });
});

describe('over real sockets', () => {
  async function side(
    name: string,
    node: RelayNode,
    streams = usual,
  ): Promise<{ bind: DerpBind; got: Bytes[]; drops: Map<string, number> }> {
    const bind = new DerpBind({ identity: new FakeIdentity(name).asIdentity, crypto, streams, relays: relayMap([node]) });
    const got: Bytes[] = [];
    const drops = new Map<string, number>();
    const pool = new SlabPool({ allocate: (size) => new Uint8Array(size), smallSlabs: 16, largeSlabs: 8, exhausted() {} });
    bind.datagrams$.subscribe((batch) => {
      for (const packet of batch) got.push(packet.slice());
    });
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const drop = (reason: string, packets: number): void => void drops.set(reason, (drops.get(reason) ?? 0) + packets);
    await bind.open({ clock, random: new SeededRandom(2), pool, log, drop }, new AbortController().signal);
    open.add(() => bind.close());
    return { bind, got, drops };
  }

  test.each(['with TLS', 'without'])('two Binds exchange 2,000 packets %s, all of them whole and in order', async (how) => {
    let relay: RelayServer;
    let node: RelayNode;
    let streams = usual;
    if (how === 'with TLS') ({ server: relay, node } = await tlsRelay(signed));
    else {
      streams = plainStreams(tcpSockets());
      relay = new RelayServer(new SeededRandom(1));
      const listener = await tcpSockets().listen({ address: '127.0.0.1', port: 0 }, (flow: Flow) => relay.accept(flow));
      open.add(() => listener.close());
      node = { name: 'r', hostName: '127.0.0.1', derpPort: listener.at.port };
    }
    const [a, b] = [await side('a', node, streams), await side('b', node, streams)];
    await until(() => relay.clients.size === 2);
    const to = a.bind.parse(`derp:900/${hex(keyPair('b').publicKey)}`)!;
    const packet = (number: number): Bytes => {
      const bytes = new Uint8Array(1_206);
      bytes.set([4, 0, 0, 0, number >> 8, number & 0xff]);
      return bytes;
    };
    for (let sent = 0; sent < 2_000; sent += 100) {
      a.bind.send(to, PacketBatch.from(to, ...Array.from({ length: 100 }, (_, i) => packet(sent + i))));
      if (sent % 200 === 100) await until(() => b.got.length === sent + 100);
    }
    await until(() => b.got.length === 2_000);
    expect(b.got.every((bytes, i) => bytes.length === 1_206 && bytes[4] === i >> 8 && bytes[5] === (i & 0xff))).toBe(true);
    expect(a.drops.size).toBe(0);
  });
});
