import { HeddleError } from '@heddle/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StaticConfig } from './config.js';
import { parseWgQuick, wgQuick } from './wg-quick.js';
import { writeWgQuick } from './wg-quick-text.js';

const PRIVATE = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=';
const PUBLIC = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';
const OTHER = 'TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=';
const PSK = '/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=';

const FILE = `# a comment
[interface]
privatekey = ${PRIVATE}   # mine
LISTENPORT=51820
FwMark = 0xCA6C
Address = 10.0.0.2/24, fd00::2/64
Address = 10.9.0.2
DNS = 10.0.0.53 fd00::53, example.org
dns = corp.example
MTU = 1400
Table = auto
SaveConfig = false

[Peer]
PublicKey = ${PUBLIC}
PresharedKey = ${PSK}
AllowedIPs = 10.0.0.1/32, fd00::1
allowedips = 10.7.7.7/16
Endpoint = vpn.example.org:51820
PersistentKeepalive = 25

[PEER]
PublicKey=${OTHER}
AllowedIPs =
Endpoint=[2001:db8::1]:51820\r
PersistentKeepalive=off
`;

function configOf(text: string): StaticConfig {
  const result = parseWgQuick(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.config;
}

describe('a wg-quick file', () => {
  test('is read with any case, comments, lists and repeated lines', () => {
    const { privateKey, peers, ...rest } = configOf(FILE);
    expect(typeof privateKey === 'object' && privateKey?.revealBase64()).toBe(PRIVATE);
    expect(rest).toEqual({
      addresses: ['10.0.0.2/24', 'fd00::2/64', '10.9.0.2/32'],
      listenPort: 51820,
      fwmark: 0xca6c,
      mtu: 1400,
      dns: { servers: ['10.0.0.53', 'fd00::53'], search: ['example.org', 'corp.example'] },
    });
    const [first, second] = peers!;
    expect(String(first?.publicKey)).toBe(String(configOf(FILE).peers?.[0]?.publicKey));
    expect(first).toMatchObject({
      allowedIps: ['10.0.0.1/32', 'fd00::1/128', '10.7.0.0/16'],
      endpoint: 'vpn.example.org:51820',
      persistentKeepalive: 25,
    });
    expect(second).toMatchObject({ allowedIps: [], endpoint: '[2001:db8::1]:51820', persistentKeepalive: 0 });
  });

  test('means the same in Windows line ends', () => {
    expect(writeWgQuick(configOf(FILE.replaceAll('\n', '\r\n')))).toBe(writeWgQuick(configOf(FILE)));
  });

  test('off and decimal are marks as well', () => {
    const mark = (text: string): unknown => configOf(`[Interface]\nPrivateKey=${PRIVATE}\nFwMark=${text}`).fwmark;
    expect([mark('off'), mark('51820'), mark('0xffffffff')]).toEqual([0, 51_820, 0xffff_ffff]);
  });

  test('a peer that comes twice is one, with what was said last', () => {
    const text = `[Interface]\nPrivateKey=${PRIVATE}\n[Peer]\nPublicKey=${PUBLIC}\nAllowedIPs=10.0.0.1\nEndpoint=a.example:1\n[Peer]\nPublicKey=${PUBLIC}\nAllowedIPs=10.0.0.2\n`;
    expect(configOf(text).peers).toMatchObject([{ allowedIps: ['10.0.0.2/32'], endpoint: 'a.example:1' }]);
  });

  test('shell hooks and tables are mistakes unless they are to be ignored, and never happen', () => {
    const text = `[Interface]\nPrivateKey=${PRIVATE}\nPostUp = iptables -A FORWARD -i %i # x\nTable = off\nSaveConfig = true\n`;
    const result = parseWgQuick(text);
    expect(result.ok ? [] : result.errors.map(({ line, column }) => [line, column])).toEqual([
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    expect(result.ok ? '' : result.errors[0]?.says).toContain('ignoreHooks');
    expect(parseWgQuick(text, { ignoreHooks: true }).ok).toBe(true);
  });
});

describe('mistakes in a wg-quick file are told with line and column', () => {
  const I = `[Interface]\nPrivateKey = ${PRIVATE}\n`;
  const P = `${I}[Peer]\nPublicKey = ${PUBLIC}\n`;
  const rows: readonly (readonly [text: string, line: number, column: number, says: RegExp])[] = [
    ['', 1, 1, /no \[Interface\]/],
    ['[Interface]\n', 1, 2, /no PrivateKey/],
    [`PrivateKey = ${PRIVATE}\n${I}`, 1, 1, /no section/],
    ['[Interface]\nPrivateKey = abc\n', 2, 14, /PrivateKey: is no key/],
    ['[Interface]\n  PrivateKey =\n', 2, 3, /has no value/],
    [`${I}[Pear]\n`, 3, 2, /sections are/],
    [`${I}Adress = 10.0.0.1/24\n`, 3, 1, /did you mean Address/],
    [`${I}Wibblewobble = 1\n`, 3, 1, /is no key of \[Interface\]$/],
    [`${I}Endpoint = a:1\n`, 3, 1, /Endpoint does not belong into \[Interface\]/],
    [`${I}junk\n`, 3, 1, /neither/],
    [`${I}Address = 10.0.0.1/24, 10.0.0.300\n`, 3, 24, /"10.0.0.300" is no address/],
    [`${I}Address = 10.0.0.1/33\n`, 3, 11, /is no address/],
    [`${I}\tListenPort = 65536\n`, 3, 15, /from 0 to 65535/],
    [`${I}MTU = big\n`, 3, 7, /MTU/],
    [`${I}FwMark = 0x100000000\n`, 3, 10, /no mark/],
    [`${I}DNS = 10.0.0.300\n`, 3, 7, /neither the IP address/],
    [`${I}PreUp = echo hi\n`, 3, 1, /runs none/],
    [`${I}[Peer]\nAllowedIPs = 10.0.0.1\n`, 3, 2, /no PublicKey/],
    [`${I}[Peer]\nPublicKey = ${PRIVATE.slice(1)}\n`, 4, 13, /PublicKey: is no key/],
    [`${P}AllowedIPs = 10.0.0.0/8,fd00::/129\n`, 5, 25, /"fd00::\/129" is no prefix/],
    [`${P}Endpoint = fd00::1:51820\n`, 5, 12, /no endpoint/],
    [`${P}Endpoint = example.org\n`, 5, 12, /no endpoint/],
    [`${P}Endpoint = example.org:70000\n`, 5, 12, /no endpoint/],
    [`${P}PersistentKeepalive = 65536\n`, 5, 23, /off or a number/],
    [`${P}PresharedKey = x # y\n`, 5, 16, /no key/],
  ];
  for (const [text, line, column, says] of rows) {
    test(`${JSON.stringify(text.slice(-40))} at ${line}:${column}`, () => {
      const result = parseWgQuick(text);
      expect(result).toMatchObject({ ok: false });
      const errors = result.ok ? [] : result.errors;
      expect(errors.length).toBe(1);
      expect(errors[0]).toMatchObject({ line, column });
      expect(errors[0]?.says).toMatch(says);
    });
  }

  test('all at once, in one error with a code, and no more than 50', () => {
    const bad = `${'Adress = 1\n'.repeat(3)}MTU = x\n`;
    expect(() => wgQuick(`${I}${bad}`)).toThrow(HeddleError);
    expect(() => wgQuick(`${I}${bad}`)).toThrow(/3:1.*\n.*4:1.*\n.*5:1.*\n.*6:7/);
    const result = parseWgQuick('x = 1\n'.repeat(10_000));
    expect(result.ok ? 0 : result.errors.length).toBe(50);
  });

  test('a text that is far too long is refused before it is read (B3)', () => {
    expect(parseWgQuick('#'.repeat(17 * 1024 * 1024)).ok).toBe(false);
  });
});

describe('writing a wg-quick file', () => {
  test('and reading it gives the same configuration (B5)', () => {
    const config = configOf(FILE);
    const text = writeWgQuick(config);
    expect(writeWgQuick(configOf(text))).toBe(text);
    expect(text).toContain(`PrivateKey = ${PRIVATE}\n`);
    expect(text).toContain(`PresharedKey = ${PSK}\n`);
  });

  test('and reading it gives the same for random configurations (B5)', () => {
    const octet = fc.nat(255);
    const prefix = fc.tuple(octet, octet, fc.integer({ min: 0, max: 32 })).map(([a, b, bits]) => `10.${a}.${b}.0/${bits}`);
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const key = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .filter((bytes) => bytes.some((byte) => byte !== 0))
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    const peer = fc.record({
      publicKey: key,
      allowedIps: fc.array(prefix, { maxLength: 4 }),
      endpoint: optional(fc.constantFrom('host.example:1', '192.0.2.1:65535', '[2001:db8::1]:5', '[fe80::1%eth0]:5', 'mem:b', 'derp:1/x')),
      presharedKey: optional(key),
      persistentKeepalive: optional(fc.nat(65_535)),
    });
    const config = fc.record({
      privateKey: fc.oneof(key, fc.constant(null)),
      addresses: fc.array(prefix, { maxLength: 3 }),
      listenPort: optional(fc.nat(65_535)),
      fwmark: optional(fc.integer({ min: 0, max: 0xffff_ffff })),
      mtu: optional(fc.integer({ min: 68, max: 65_535 })),
      peers: fc.uniqueArray(peer, { maxLength: 4, selector: ({ publicKey }) => publicKey }),
    });
    const property = fc.property(config, (made) => {
      const text = writeWgQuick(made as StaticConfig);
      expect(writeWgQuick(configOf(text))).toBe(text);
    });
    fc.assert(property, { seed: 11, numRuns: 300 });
  });
});

describe('wg-quick text from a stranger', () => {
  test('no prefix and no changed byte of a valid file throws, or shows a key in an error (B1)', () => {
    for (let i = 0; i <= FILE.length; i++) {
      expect(tellsNoKey(FILE.slice(0, i))).toBe(true);
      for (const put of ['\n', ',', '=', ' ', '\uffff', '']) expect(tellsNoKey(FILE.slice(0, i) + put + FILE.slice(i + 1))).toBe(true);
    }
  });

  test('random text of likely pieces never throws (B1)', () => {
    const piece = fc.constantFrom(
      '[Interface]\n',
      '[Peer]\n',
      'PrivateKey',
      'Address',
      'AllowedIPs',
      'Endpoint',
      'DNS',
      ' = ',
      ',',
      '\n',
      '#',
      PRIVATE,
      '10.0.0.0/8',
      '::',
      '%',
      '\r',
      '\0',
      '__proto__ = 1\n',
      'constructor=1\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 20 }), (pieces) => tellsNoKey(pieces.join(''))),
      { seed: 1, numRuns: 5_000 },
    );
  });

  test('keys in the wrong place do not show up in errors', () => {
    const hex = Buffer.from(PRIVATE, 'base64').toString('hex');
    for (const name of ['Address', 'DNS', 'MTU', 'ListenPort', 'FwMark', 'Table', 'Wrong', 'Endpoint'])
      for (const key of [PRIVATE, hex, `privkey:${hex}`, `privkey:${hex}:1`]) {
        const result = parseWgQuick(
          `[Interface]\n${name} = ${key}\n[Peer]\nAllowedIPs = ${key}\nEndpoint = [${key}]\nPersistentKeepalive = ${key}\n${key}\n`,
        );
        const told = JSON.stringify(result);
        expect(told.includes(PRIVATE.slice(0, 20)) || told.includes(hex.slice(0, 20))).toBe(false);
      }
  });
});

/** Parses; true when no error shows a private or preshared key, or half of one. */
function tellsNoKey(text: string): boolean {
  const result = parseWgQuick(text);
  if (result.ok) return true;
  const told = JSON.stringify(result.errors);
  return ![PRIVATE, PSK].some((key) => told.includes(key.slice(0, 20)) || told.includes(key.slice(22, 42)));
}
