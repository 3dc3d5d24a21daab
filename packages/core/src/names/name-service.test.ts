import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DnsResponse, queryFor, readResponse, type TYPES } from '../../test/dns-client.js';
import type { NameConfig, Peer, SelfConfig } from '../contracts/netmap.js';
import type { NameTransport, UdpSocketOptions, UdpSockets } from '../contracts/underlay.js';
import { NetmapStream } from '../netmap/netmap-stream.js';
import { DnsForwarder } from './dns-forwarder.js';
import { NameService } from './name-service.js';
import { NodeDirectory } from './node-directory.js';
import { TailnetNames } from './tailnet-names.js';

const NAMES: NameConfig = {
  magic: true,
  suffix: 'tail.example',
  search: ['tail.example', 'corp.example'],
  resolvers: [{ address: '192.0.2.53' }],
  fallbackResolvers: [],
  routes: new Map([
    ['corp.example', [{ address: '198.51.100.1:5353' }, { address: 'https://dns.example/dns-query' }, { address: '100.100.100.100' }]],
    ['deep.corp.example', [{ address: '[2001:db8::1]:53' }]],
    ['local.example', []],
  ]),
  records: [
    { name: 'printer.tail.example', type: 'A', value: '192.168.5.9' },
    { name: 'wiki.corp.example.', type: 'AAAA', value: '2001:db8::80' },
  ],
  certificateDomains: [],
};

function peer(id: string, addresses: readonly string[], more: Partial<Peer> = {}): Peer {
  return { id, name: `${id}.tail.example.`, nodeKey: new Uint8Array(32), addresses, allowedIps: [], endpoints: [], ...more };
}

const PEERS = [
  peer('Web', ['100.64.0.2/32', 'fd7a:115c:a1e0::2/128']),
  peer('six', ['fd7a:115c:a1e0::6/128']),
  peer('apps', ['100.64.0.4/32'], { capabilities: new Map([['dns-subdomain-resolve', []]]) }),
  peer('shared', ['100.64.0.5/32'], { name: 'shared.other.example' }),
];

interface World {
  readonly names: TailnetNames;
  ask(name: string, type: keyof typeof TYPES, size?: number): Promise<DnsResponse>;
  raw(message: Uint8Array): Promise<Uint8Array | undefined>;
  /** What was asked elsewhere, and the socket that it was asked from. */
  readonly asked: { readonly to: string; readonly message: Uint8Array; readonly socket: UdpSocketOptions }[];
  readonly open: () => number;
  /** Lets all time-outs pass, or those up to a time in milliseconds. */
  expire(until?: number): void;
  /** What was asked over TCP and HTTPS, and what is answered there. */
  readonly elsewhere: Elsewhere;
}

interface Elsewhere {
  readonly asked: { readonly to: string; readonly message: Uint8Array }[];
  answer: (message: Uint8Array) => Promise<Uint8Array | undefined>;
}

/** A response to the message, with other flags and an outcome. */
function responseTo(message: Uint8Array, flags = 0, code = 0): Uint8Array {
  const response = message.slice();
  response[2]! |= 0x80 | flags;
  response[3]! |= code;
  return response;
}

function world(names: Partial<NameConfig> = {}, self: Partial<SelfConfig> = {}): World {
  const netmap = new NetmapStream();
  const directory = new NodeDirectory();
  netmap.changes$.subscribe((change) => directory.apply(change));
  const own = peer('me', ['100.64.0.1/32', 'fd7a:115c:a1e0::1/128']);
  const config: SelfConfig = { name: 'me.tail.example', addresses: own.addresses, node: own, ...self };
  netmap.replace(config, PEERS, { names: { ...NAMES, ...names } });
  const asked: World['asked'] = [];
  const timers = new Map<() => void, number>();
  let open = 0;
  let next = 0;
  const sockets: UdpSockets = {
    open: async (socket) => {
      open += 1;
      return {
        local: { address: '0.0.0.0', port: 1 },
        send: (slab, offset, length, port, address) =>
          asked.push({ to: `${address} ${port}`, message: slab.slice(offset, offset + length), socket }) > 0,
        busy: () => false,
        receiveBuffer: 0,
        sendBuffer: 0,
        close: async () => {
          open -= 1;
        },
      };
    },
  };
  const clock = {
    now: () => 0,
    wall: () => 0,
    at: (at: number, run: () => void) => {
      timers.set(run, at);
      return () => void timers.delete(run);
    },
  };
  const random = {
    fill: (into: Uint8Array) => {
      next += 1;
      into.fill(next);
    },
  };
  const elsewhere: Elsewhere = { asked: [], answer: async () => undefined };
  const transport: NameTransport = {
    stream: (message, { address, port }) => {
      elsewhere.asked.push({ to: `${address} ${port}`, message });
      return elsewhere.answer(message);
    },
    https: (message, { url, bootstrap }) => {
      elsewhere.asked.push({ to: [url, ...bootstrap].join(' '), message });
      return elsewhere.answer(message);
    },
  };
  const tailnet = new TailnetNames(directory);
  const forwarder = new DnsForwarder({ underlay: () => ({ udp: sockets, names: transport }), clock, random });
  const service = new NameService({ names: tailnet, forwarder, config: () => netmap.map.names });
  return {
    names: tailnet,
    elsewhere,
    asked,
    open: () => open,
    raw: (message) => service.answer(message),
    ask: async (name, type, size = 0) => readResponse((await service.answer(queryFor(name, type, { size })))!),
    expire: (until = Number.POSITIVE_INFINITY) => {
      for (const [run, at] of [...timers]) if (at <= until) run();
    },
  };
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
const OK = 0;
const [NO_NAME, NOT_IMPLEMENTED] = [3, 4];

describe('names of the tailnet', () => {
  const rows: readonly (readonly [says: string, name: string, type: keyof typeof TYPES, code: number, answers: readonly string[]])[] = [
    ['a full name, in any case', 'wEB.tail.EXAMPLE', 'A', OK, ['100.64.0.2']],
    ['a short name', 'web', 'A', OK, ['100.64.0.2']],
    ['this node itself', 'me', 'A', OK, ['100.64.0.1']],
    ['AAAA of a node with IPv4 is kept back', 'web', 'AAAA', OK, []],
    ['AAAA of a node without IPv4', 'six', 'AAAA', OK, ['fd7a:115c:a1e0::6']],
    ['A of a node without IPv4', 'six', 'A', OK, []],
    ['ANY is the first address', 'web', 'ANY', OK, ['100.64.0.2']],
    ['a type that nodes do not have', 'web', 'MX', OK, []],
    ['NS of a node', 'web', 'NS', NOT_IMPLEMENTED, []],
    ['AXFR of the zone', 'tail.example', 'AXFR', NOT_IMPLEMENTED, []],
    ['SOA of the zone', 'tail.example', 'SOA', NOT_IMPLEMENTED, []],
    ['HINFO of a node', 'web.tail.example', 'HINFO', NOT_IMPLEMENTED, []],
    ['a name that nobody has in our zone', 'nobody.tail.example', 'A', NO_NAME, []],
    ['a short name that nobody has is asked elsewhere only when it is no zone of ours', 'deep.nobody.tail.example', 'A', NO_NAME, []],
    ['a node of another tailnet, by its full name', 'shared.other.example', 'A', OK, ['100.64.0.5']],
    ['a record', 'printer', 'A', OK, ['192.168.5.9']],
    ['a record in a domain of others', 'wiki.corp.example', 'AAAA', OK, ['2001:db8::80']],
    ['a record has no other family', 'wiki.corp.example', 'A', OK, []],
    ['a domain that is answered here alone', 'x.local.example', 'A', NO_NAME, []],
    ['PTR of a node', '2.0.64.100.in-addr.arpa', 'PTR', OK, ['web.tail.example']],
    ['PTR of an IPv6 address', `6.${'0.'.repeat(19)}0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa`, 'PTR', OK, ['six.tail.example']],
    ['PTR of an address in the range that nobody has', '99.0.64.100.in-addr.arpa', 'PTR', NO_NAME, []],
    ['the zone of the range itself', '64.100.in-addr.arpa', 'SOA', NO_NAME, []],
    ['half an address of the range', '0.127.100.in-addr.arpa', 'PTR', NO_NAME, []],
    ['more than an address of the range', '1.2.0.64.100.in-addr.arpa', 'A', NO_NAME, []],
    ['half an IPv6 address of the range', 'b.0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa', 'PTR', NO_NAME, []],
    ['the service itself', 'magicdns.localhost-tailscale-daemon', 'A', OK, ['100.100.100.100']],
    ['4via6', '1-2-3-4-via-1', 'AAAA', OK, ['fd7a:115c:a1e0:b1a:0:1:102:304']],
    ['4via6 has no A', '1-2-3-4-via-1.ts.net', 'A', OK, []],
    ['a sub-domain of a node that has them', 'any.apps.tail.example', 'A', OK, ['100.64.0.4']],
    ['a sub-domain of a node that has none', 'any.web.tail.example', 'A', NO_NAME, []],
    ['onions', 'x.onion', 'A', NO_NAME, []],
    ['service discovery', 'lb._dns-sd._udp.0.0.64.100.in-addr.arpa', 'PTR', NO_NAME, []],
  ];
  for (const [says, name, type, code, answers] of rows)
    test(says, async () => {
      const { ask, asked } = world();
      expect(await ask(name, type)).toMatchObject({
        id: 7,
        code,
        answers,
        authoritative: true,
        ttl: code === NO_NAME ? 10 : answers.length > 0 ? 5 : undefined,
      });
      expect(asked).toEqual([]);
    });

  test('a denial names the zone that it comes from', async () => {
    expect((await world().ask('nobody.tail.example', 'A')).zones).toEqual(['tail.example']);
  });

  test('AAAA is shown to a node that asked control for it, and to one that has only IPv6', async () => {
    const wants = peer('me', ['100.64.0.1/32'], { capabilities: new Map([['magicdns-aaaa', []]]) });
    expect((await world({}, { node: wants }).ask('web', 'AAAA')).answers).toEqual(['fd7a:115c:a1e0::2']);
    const six = world({}, { addresses: ['fd7a:115c:a1e0::1/128'] });
    expect((await six.ask('web', 'AAAA')).answers).toEqual(['fd7a:115c:a1e0::2']);
    expect((await six.ask('web', 'A')).answers).toEqual([]);
  });

  test('node.lookup knows full names, short names, search domains and records', () => {
    const { names } = world();
    expect(names.lookup('WEB')).toEqual(['100.64.0.2', 'fd7a:115c:a1e0::2']);
    expect(names.lookup('web.tail.example.')).toEqual(['100.64.0.2', 'fd7a:115c:a1e0::2']);
    expect(names.lookup('wiki')).toEqual(['2001:db8::80']);
    expect(names.lookup('printer')).toEqual(['192.168.5.9']);
    expect(names.lookup('shared')).toEqual([]);
    expect(names.lookup('')).toEqual([]);
  });
});

describe('other names', () => {
  test('are asked at the servers of the longest domain, else at the default ones, and never at ourselves', async () => {
    const { ask, asked, expire } = world();
    const all = ['www.example.com', 'host.corp.example', 'x.deep.corp.example'].map((name) => ask(name, 'A'));
    await settled();
    expect(asked.map(({ to }) => to)).toEqual(['192.0.2.53 53', '198.51.100.1 5353', '2001:db8::1 53']);
    expire();
    expect((await Promise.all(all)).map(({ code }) => code)).toEqual([2, 2, 2]);
  });

  test('an answer comes back under the id of the client, and the sockets are closed', async () => {
    const { raw, asked, open } = world();
    const answer = raw(queryFor('www.example.com', 'A', { id: 0x1234 }));
    await settled();
    const [{ message, socket }] = asked as [World['asked'][0]];
    expect([message[0], message[1]]).not.toEqual([0x12, 0x34]);
    const response = message.slice();
    response[2]! |= 0x80;
    socket.message(response, '192.0.2.53', 53);
    expect(readResponse((await answer)!)).toMatchObject({ id: 0x1234, code: OK });
    await settled();
    expect(open()).toBe(0);
  });

  test('F11: what does not come from the server, has another id or answers another question is no answer', async () => {
    const { raw, asked, expire } = world();
    const answer = raw(queryFor('www.example.com', 'A'));
    await settled();
    const { message, socket } = asked[0]!;
    const good = message.slice();
    good[2]! |= 0x80;
    const [otherId, otherName, question] = [good.slice(), good.slice(), message.slice()];
    otherId[1]! ^= 1;
    otherName[13]! ^= 1;
    socket.message(good, '192.0.2.54', 53);
    socket.message(good, '192.0.2.53', 54);
    for (const lie of [otherId, otherName, question, good.slice(0, 10), new Uint8Array(0)]) socket.message(lie, '192.0.2.53', 53);
    expire();
    expect(readResponse((await answer)!).code).toBe(2);
  });

  test('a server that refuses is passed over while another one may know', async () => {
    const { raw, asked } = world({ resolvers: [{ address: '192.0.2.1' }, { address: '192.0.2.2' }] });
    const answer = raw(queryFor('www.example.com', 'A'));
    await settled();
    const say = (i: number, code: number): void => {
      const response = asked[i]!.message.slice();
      response.set([response[2]! | 0x80, code], 2);
      asked[i]!.socket.message(response, `192.0.2.${i + 1}`, 53);
    };
    say(0, 5);
    await settled();
    say(1, 0);
    expect(readResponse((await answer)!).code).toBe(OK);
  });

  test('a truncated answer is asked for again over TCP; when that fails, it is better than none', async () => {
    const TRUNCATED = 0x02;
    for (const whole of [true, false]) {
      const { raw, asked, elsewhere } = world();
      elsewhere.answer = async (message) => (whole ? responseTo(message) : undefined);
      const answer = raw(queryFor('www.example.com', 'A', { id: 9 }));
      await settled();
      const { message, socket } = asked[0]!;
      socket.message(responseTo(message, TRUNCATED), '192.0.2.53', 53);
      const said = (await answer)!;
      expect([said[0], said[1], said[2]! & TRUNCATED]).toEqual([0, 9, whole ? 0 : TRUNCATED]);
      expect(elsewhere.asked.map(({ to }) => to)).toEqual(['192.0.2.53 53']);
    }
  });

  test('a server that is silent over UDP is asked over TCP after two seconds; what comes first is the answer, and nothing stays open', async () => {
    for (const first of ['tcp', 'udp', 'none']) {
      const { raw, asked, elsewhere, expire, open } = world();
      elsewhere.answer = async (message) => (first === 'tcp' ? responseTo(message) : undefined);
      const answer = raw(queryFor('www.example.com', 'A', { id: 9 }));
      await settled();
      expire(1_999);
      await settled();
      expect(elsewhere.asked).toEqual([]);
      expire(2_000);
      await settled();
      expect(elsewhere.asked.map(({ to }) => to)).toEqual(['192.0.2.53 53']);
      expect(open()).toBe(first === 'tcp' ? 0 : 1);
      if (first === 'udp') asked[0]!.socket.message(responseTo(asked[0]!.message), '192.0.2.53', 53);
      if (first === 'none') expire();
      expect(readResponse((await answer)!)).toMatchObject({ id: 9, code: first === 'none' ? 2 : OK });
      await settled();
      expect([open(), asked.length, elsewhere.asked.length]).toEqual([0, 1, 1]);
    }
  });

  test('one dead and one refusing server: the refusal is the answer when time is up, and a good one of the second is not waited for', async () => {
    const { raw, asked, expire, open } = world({ resolvers: [{ address: '192.0.2.1' }, { address: '192.0.2.2' }] });
    const refused = raw(queryFor('www.example.com', 'A'));
    const good = raw(queryFor('www2.example.com', 'A'));
    await settled();
    for (const { to, message, socket } of asked)
      if (to === '192.0.2.2 53')
        socket.message(responseTo(message, 0, message[15] === 0x77 && message[16] === 0x32 ? 0 : 2), '192.0.2.2', 53);
    expect(readResponse((await good)!).code).toBe(OK);
    expire();
    expect(readResponse((await refused)!).code).toBe(2);
    await settled();
    expect(open()).toBe(0);
  });

  test('an https server is asked under the id 0, and the client gets its own; another answer than to its question is none', async () => {
    const resolvers = [{ address: 'https://dns.example/dns-query', bootstrap: ['192.0.2.9'] }];
    const { raw, elsewhere } = world({ resolvers });
    elsewhere.answer = async (message) => responseTo(message);
    expect(readResponse((await raw(queryFor('www.example.com', 'A', { id: 0x1234 })))!)).toMatchObject({ id: 0x1234, code: OK });
    expect(elsewhere.asked[0]!.to).toBe('https://dns.example/dns-query 192.0.2.9');
    expect([...elsewhere.asked[0]!.message.slice(0, 2)]).toEqual([0, 0]);
    elsewhere.answer = async (message) => responseTo(message).fill(0x61, 13, 15);
    expect(readResponse((await raw(queryFor('www.example.com', 'A')))!).code).toBe(2);
    elsewhere.answer = () => Promise.reject(new Error('unreachable'));
    expect(readResponse((await raw(queryFor('www.example.com', 'A')))!).code).toBe(2);
  });

  test('F11: the name of an https server is not asked of that server itself, unless its addresses are known', async () => {
    const { ask, elsewhere } = world({ resolvers: [{ address: 'https://dns.example/dns-query' }] });
    expect((await ask('DNS.example', 'A')).code).toBe(2);
    expect(elsewhere.asked).toEqual([]);
    const known = world({ resolvers: [{ address: 'https://dns.example/dns-query', bootstrap: ['192.0.2.9'] }] });
    await known.ask('dns.example', 'A');
    expect(known.elsewhere.asked).toHaveLength(1);
  });

  test('F11: a server elsewhere has no say about the tailnet, and its private addresses for other names stay its own answer', async () => {
    const { ask, raw, asked, names } = world();
    for (const name of ['web.tail.example', 'nobody.tail.example', 'nobody.local.example', '9.0.64.100.in-addr.arpa']) {
      await ask(name, name.endsWith('arpa') ? 'PTR' : 'A');
      for (const family of [3, 255]) void raw(queryFor(name, 'A').with(-1, family));
    }
    await settled();
    expect(asked).toEqual([]);
    const answer = raw(queryFor('www.example.com', 'A'));
    await settled();
    const { message, socket } = asked[0]!;
    const rebound = new Uint8Array([...responseTo(message), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 100, 64, 0, 2]);
    rebound[7] = 1;
    socket.message(rebound, '192.0.2.53', 53);
    expect((await answer)!.slice(-4)).toEqual(new Uint8Array([100, 64, 0, 2]));
    expect(names.lookup('www.example.com')).toEqual([]);
    expect(names.lookup('web')).toEqual(['100.64.0.2', 'fd7a:115c:a1e0::2']);
  });

  test('F11: no more than 256 questions are open at a time; the next ones fail at once', async () => {
    const { ask, open, expire } = world();
    const all = Array.from({ length: 300 }, (_, i) => ask(`h${i}.example.com`, 'A'));
    await settled();
    expect(open()).toBe(256);
    expect((await Promise.all(all.slice(256))).every(({ code }) => code === 2)).toBe(true);
    expire();
    await Promise.all(all);
    await settled();
    expect(open()).toBe(0);
  });

  test('without a server there is a failure, not silence', async () => {
    expect((await world({ resolvers: [] }).ask('www.example.com', 'A')).code).toBe(2);
  });
});

describe('F11: strange messages', () => {
  test('what is no query gets no answer, and what cannot be read a format error', async () => {
    const { raw } = world();
    const response = queryFor('web', 'A');
    response[2]! |= 0x80;
    expect(await raw(response)).toBeUndefined();
    expect(await raw(new Uint8Array(11))).toBeUndefined();
    const loop = queryFor('web', 'A');
    loop.set([0xc0, 12], 12);
    const two = queryFor('web', 'A');
    two[5] = 2;
    const endless = queryFor('web', 'A');
    endless[12] = 60;
    const update = queryFor('web', 'A');
    update[2] = 5 << 3;
    for (const message of [loop, two, endless, update, new Uint8Array(65_535), new Uint8Array(12)])
      expect((await raw(message))!.slice(0, 12)).toMatchObject({ length: 12, 3: expect.any(Number) });
    for (const message of [loop, two]) expect(readResponse((await raw(message))!)).toMatchObject({ id: 7, code: 1 });
  });

  test('labels with odd bytes are no names of ours', async () => {
    const { raw } = world();
    for (const odd of [0x2e, 0x00, 0x20, 0xff, 0x5c]) {
      const message = queryFor('w-b.tail.example', 'A');
      message[14] = odd;
      expect(readResponse((await raw(message))!).answers).toEqual([]);
    }
  });

  test('B1: no bytes make it throw, and each answer is one to its question', async () => {
    const { raw, expire } = world();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(0, 1))
        .map(([tail, extra]) => Uint8Array.from([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, extra, ...tail])),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (message) => {
        const answer = raw(message);
        await Promise.resolve();
        expire();
        const response = await Promise.race([answer, settled()]);
        if (response !== undefined) expect([response[0], response[1], response[2]! & 0x80]).toEqual([message[0], message[1], 0x80]);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
