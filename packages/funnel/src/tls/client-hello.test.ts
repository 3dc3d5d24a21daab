import { Duplex } from 'node:stream';
import tls from 'node:tls';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_HELLO, readClientHello } from './client-hello.js';

/** What OpenSSL sends first. */
function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read() {}, write: (chunk: Buffer) => resolve(chunk) });
    tls.connect({ ...options, socket }).on('error', () => {});
  });
}

/** The same message in records of `size` bytes. */
function split(hello: Uint8Array, size: number): Uint8Array {
  const records: number[] = [];
  for (let at = 5; at < hello.length; at += size) {
    const part = hello.subarray(at, at + size);
    records.push(22, 3, 1, part.length >> 8, part.length & 0xff, ...part);
  }
  return Uint8Array.from(records);
}

test('name and protocols of what OpenSSL sends are read, with all versions, in one record or many', async () => {
  const hello = await helloOf({ servername: 'Web.Tail.Example', ALPNProtocols: ['h2', 'http/1.1'] });
  const wanted = { serverName: 'web.tail.example', protocols: ['h2', 'http/1.1'] };
  expect(readClientHello(hello)).toEqual(wanted);
  for (const size of [1, 7, 100]) expect(readClientHello(split(hello, size))).toEqual(wanted);
  expect(readClientHello(await helloOf({ servername: 'a.example', maxVersion: 'TLSv1.2' }))).toEqual({
    serverName: 'a.example',
    protocols: [],
  });
  expect(readClientHello(await helloOf({}))).toEqual({ serverName: undefined, protocols: [] });
});

test('each beginning of a hello asks for more, and what follows it is left alone (B1, B2)', async () => {
  const hello = await helloOf({ servername: 'web.tail.example' });
  for (let end = 0; end < hello.length; end++) expect(readClientHello(hello.subarray(0, end))).toBe('more');
  expect(readClientHello(Buffer.concat([hello, Buffer.alloc(100, 22)]))).toMatchObject({ serverName: 'web.tail.example' });
});

test('other protocols, empty records and endless messages are no TLS (B3)', () => {
  const refused = [
    '474554202f',
    '15030100020228',
    '160301000000',
    '1603014001',
    '1603010004010000',
    '16030100040100ffff',
    '16030100040200000000',
  ];
  for (const hex of refused)
    expect([hex, ['not-tls', 'more']]).toEqual([hex, expect.arrayContaining([readClientHello(Buffer.from(hex, 'hex'))])]);
  for (const hex of ['474554202f', '15030100020228', '160301000000', '1603014001', '16030100040100ffff'])
    expect(readClientHello(Buffer.from(hex, 'hex'))).toBe('not-tls');
  const endless = split(Uint8Array.from([0, 0, 0, 0, 0, 1, 0, 0x3f, 0xf0, ...Array(20_000).fill(0)]), 1000);
  expect(readClientHello(endless.subarray(0, LONGEST_HELLO))).toBe('not-tls');
});

test('no input makes it throw', async () => {
  const hello = await helloOf({ servername: 'web.tail.example', ALPNProtocols: ['h2'] });
  fc.assert(
    fc.property(fc.nat(hello.length - 1), fc.nat(255), fc.nat(hello.length), (at, value, end) => {
      const damaged = Uint8Array.from(hello);
      damaged[at] = value;
      readClientHello(damaged);
      readClientHello(damaged.subarray(0, end));
    }),
    { seed: 1, numRuns: 5_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readClientHello(bytes)),
    { seed: 1, numRuns: 5_000 },
  );
});

/** A hello with these extensions and nothing else of interest. */
function helloWith(extensions: readonly (readonly [type: number, body: Uint8Array])[]): Buffer {
  const two = (value: number): number[] => [value >> 8, value & 0xff];
  const list = extensions.flatMap(([type, body]) => [...two(type), ...two(body.length), ...body]);
  const body = [3, 3, ...Array<number>(32).fill(7), 0, 0, 2, 0x13, 1, 1, 0, ...two(list.length), ...list];
  const message = [1, 0, ...two(body.length), ...body];
  return Buffer.from([22, 3, 1, ...two(message.length), ...message]);
}

function named(name: string): readonly [number, Uint8Array] {
  const bytes = Buffer.from(name);
  return [0, Buffer.from([0, bytes.length + 3, 0, 0, bytes.length, ...bytes])];
}

test('a hello as long as those of browsers, with GREASE, an encrypted hello and a key after quantum computers, is read in pieces', () => {
  const [grease, encrypted, keys] = [
    [0x0a0a, Buffer.alloc(1)],
    [0xfe0d, Buffer.alloc(250)],
    [51, Buffer.alloc(1_300)],
  ] as const;
  const hello = helloWith([grease, keys, encrypted, named('WEB.Tail.Example.'), [0x3a3a, Buffer.alloc(0)]]);
  expect(hello.length).toBeGreaterThan(1_460);
  for (const end of [1, 6, 100, 1_200, 1_460, hello.length - 1]) expect(readClientHello(hello.subarray(0, end))).toBe('more');
  expect([hello, split(hello, 500)].map((bytes) => readClientHello(bytes))).toEqual(
    Array(2).fill({ serverName: 'web.tail.example', protocols: [] }),
  );
});

test('two names are no hello, because two readers could take each another; a name that is none is no name', () => {
  expect(readClientHello(helloWith([named('a.example'), named('b.example')]))).toBe('not-tls');
  for (const name of ['', 'a b', 'a\0.example', 'ü.example', 'a/b'])
    expect([name, readClientHello(helloWith([named(name)]))]).toEqual([name, { serverName: undefined, protocols: [] }]);
});
