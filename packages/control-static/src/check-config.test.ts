import { HeddleError } from '@heddle/core';
import { keyPairOf, nobleProvider, PresharedKey, PrivateKey } from '@heddle/crypto';
import { describe, expect, test } from 'vitest';
import { checkConfig } from './check-config.js';
import type { StaticConfig } from './config.js';

const OWN = PrivateKey.fromBytes('node', new Uint8Array(32).fill(1));
const PEER = keyPairOf(PrivateKey.fromBytes('node', new Uint8Array(32).fill(2)), nobleProvider.create().x25519!).publicKey;
const PSK = PresharedKey.fromBytes(new Uint8Array(32).fill(3));

/** The message of the error that the configuration gives. */
function told(config: unknown): string {
  try {
    checkConfig(config as StaticConfig);
  } catch (error) {
    expect(error).toBeInstanceOf(HeddleError);
    expect(error).toMatchObject({ code: 'HEDDLE_STATIC_CONFIG' });
    return (error as Error).message;
  }
  return '';
}

const with_ = (peer: object): unknown => ({ privateKey: OWN, peers: [{ publicKey: PEER, allowedIps: [], ...peer }] });

describe('a configuration object', () => {
  test('takes every text of a key, and key objects', () => {
    for (const privateKey of [OWN, OWN.revealBase64(), OWN.revealHex(), OWN.revealText()])
      expect(checkConfig({ privateKey }).self.privateKey?.equals(OWN)).toBe(true);
    for (const publicKey of [PEER, PEER.toBase64(), PEER.toHex(), String(PEER)]) {
      const { peers } = checkConfig({ privateKey: null, peers: [{ publicKey, allowedIps: [] }] });
      expect(peers[0]).toMatchObject({ id: PEER.toBase64(), nodeKey: PEER.toBytes(), name: '' });
    }
    for (const presharedKey of [PSK, PSK.revealBase64(), PSK.revealHex()]) {
      const { peers } = checkConfig({ privateKey: null, peers: [{ publicKey: PEER, allowedIps: [], presharedKey }] });
      expect(peers[0]?.presharedKey).toEqual(PSK.reveal());
    }
  });

  test('zeros are no key, as in WireGuard', () => {
    const zero = '0'.repeat(64);
    const { self, peers } = checkConfig({ privateKey: zero, peers: [{ publicKey: PEER, allowedIps: [], presharedKey: zero }] });
    expect([self.privateKey, peers[0]?.presharedKey]).toEqual([null, undefined]);
  });

  test('keeps host bits of own addresses and clears those of prefixes', () => {
    const { self, peers } = checkConfig({
      privateKey: null,
      addresses: ['10.0.0.7/24'],
      peers: [{ publicKey: PEER, allowedIps: ['10.0.0.7/24', '10.0.0.0/24', 'FD00::1'] }],
    });
    expect(self.addresses).toEqual(['10.0.0.7/24']);
    expect(peers[0]?.allowedIps).toEqual(['10.0.0.0/24', 'fd00::1/128']);
  });

  test('reads endpoints of every kind', () => {
    const endpointOf = (endpoint: string) =>
      checkConfig({ privateKey: null, peers: [{ publicKey: PEER, allowedIps: [], endpoint }] }).peers[0]?.endpoint;
    expect(endpointOf('192.0.2.1:51820')).toEqual({ remote: 'udp:192.0.2.1:51820' });
    expect(endpointOf('[2001:DB8::1]:1')).toEqual({ remote: 'udp:[2001:db8::1]:1' });
    expect(endpointOf('[fe80::1%eth0]:1')).toEqual({ remote: 'udp:[fe80::1%eth0]:1' });
    expect(endpointOf('vpn.example.org:51820')).toEqual({ host: 'vpn.example.org', port: 51820 });
    expect(endpointOf('localhost:1')).toEqual({ host: 'localhost', port: 1 });
    expect(endpointOf('mem:b')).toEqual({ remote: 'mem:b' });
    expect(endpointOf('udp:192.0.2.1:51820')).toEqual({ remote: 'udp:192.0.2.1:51820' });
  });

  const rows: readonly (readonly [config: unknown, says: RegExp])[] = [
    [undefined, /configuration: must be an object/],
    [[], /configuration: must be an object/],
    [{}, /privateKey: is missing/],
    [{ privateKey: 'x' }, /privateKey: is no key/],
    [{ privateKey: OWN, adresses: [] }, /"adresses": no such option; options are privateKey/],
    [{ privateKey: OWN, name: 'a b' }, /name: "a b" is no name/],
    [{ privateKey: OWN, addresses: '10.0.0.1' }, /addresses: must be a list/],
    [{ privateKey: OWN, addresses: ['10.0.0.1/24', 5] }, /addresses\[1\]: must be a text/],
    [{ privateKey: OWN, addresses: ['10.0.0.1/40'] }, /addresses\[0\]: "10.0.0.1\/40" is no address/],
    [{ privateKey: OWN, listenPort: 65_536 }, /listenPort: .* from 0 to 65535, not 65536/],
    [{ privateKey: OWN, mtu: 1.5 }, /mtu: .* not 1.5/],
    [{ privateKey: OWN, fwmark: '7' }, /fwmark: must be a whole number/],
    [{ privateKey: OWN, dns: { servers: ['example.org'] } }, /dns.servers\[0\]: .*dns.search/],
    [{ privateKey: OWN, dns: 'x' }, /dns: must be an object/],
    [{ privateKey: OWN, dns: { search: ['a b'] } }, /dns.search\[0\]/],
    [{ privateKey: OWN, peers: {} }, /peers: must be a list/],
    [{ privateKey: OWN, peers: [null] }, /peers\[0\]: must be an object, not null/],
    [{ privateKey: OWN, peers: [{ allowedIps: [] }] }, /peers\[0\].publicKey: is missing/],
    [with_({ publicKey: 'x' }), /peers\[0\].publicKey: is no public key/],
    [with_({ allowedIps: ['10.0.0.0/8', 'x/8'] }), /peers\[0\].allowedIps\[1\]: "x\/8" is no prefix/],
    [with_({ endpoint: '2001:db8::1:51820' }), /peers\[0\].endpoint: .*\[2001:db8::1\]:51820/],
    [with_({ endpoint: '2001:db8::1' }), /peers\[0\].endpoint/],
    [with_({ endpoint: '192.0.2.300:1' }), /peers\[0\].endpoint/],
    [with_({ endpoint: 'host' }), /peers\[0\].endpoint/],
    [with_({ endpoint: 'host:0' }), /peers\[0\].endpoint/],
    [with_({ endpoint: 'bad host:1' }), /peers\[0\].endpoint/],
    [with_({ endpoint: 5 }), /peers\[0\].endpoint/],
    [with_({ presharedKey: 'x' }), /peers\[0\].presharedKey: is no key/],
    [with_({ persistentKeepalive: -1 }), /peers\[0\].persistentKeepalive/],
    [with_({ allowedIPs: [] }), /peers\[0\]."allowedIPs": no such option/],
  ];
  for (const [config, says] of rows) test(`is refused: ${says.source}`, () => expect(told(config)).toMatch(says));

  test('two peers with one key are one mistake, and all mistakes come at once', () => {
    const peer = { publicKey: PEER, allowedIps: ['x'] };
    const message = told({ privateKey: 1, peers: [peer, peer] });
    for (const path of ['privateKey', 'peers[0].allowedIps[0]', 'peers[1].allowedIps[0]', 'peers[1].publicKey: is the same as peers[0]'])
      expect(message).toContain(path);
    expect(told({ privateKey: OWN, addresses: Array(60).fill('x') })).toContain('and 10 more');
  });

  test('a key in any field at all is not repeated in the error', () => {
    const secrets = [OWN.revealBase64(), OWN.revealHex(), OWN.revealText()];
    for (const key of secrets) {
      const fields = { name: key, addresses: [key], listenPort: key, dns: { servers: [key], search: [`${key} `] }, [key]: 1 };
      const peer = {
        publicKey: `${key}x`,
        name: key,
        allowedIps: [key],
        endpoint: key,
        presharedKey: `${key}x`,
        persistentKeepalive: key,
        [key]: 1,
      };
      const message = told({ ...fields, privateKey: `${key}x`, peers: [peer, key] });
      for (const secret of secrets) expect(message).not.toContain(secret.slice(8, 30));
    }
  });
});
