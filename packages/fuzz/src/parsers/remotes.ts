import type { Bind } from '@heddle/core';
import { MemoryNetwork, memoryBind } from '@heddle/testing';
import { formatEndpoint, parseEndpoint } from '../../../control-static/src/endpoint.js';
import { NetcheckDesk } from '../../../transport-udp/src/netcheck.js';
import { UdpBind } from '../../../transport-udp/src/udp-bind.js';
import { formatPlace, parsePlace, remoteParts } from '../../../transport-udp/src/udp-place.js';
import { bytesOf, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const PLACES = ['192.0.2.1:51820', '[2001:db8::1]:51820', '[fe80::1%eth0]:51820', '[::ffff:10.0.0.1]:1', '10.0.0.1:65535'];
const WORDS = ['udp:', 'mem:', '[', ']', '%', '%eth0', '::', ':0', ':65536', 'host.example', '__proto__', '.', '\n'];
const shared = { kind: 'text', longest: 700, words: WORDS } as const;

/** The places of the UDP Bind. */
export const udpPlace: Parser = stateless({ ...shared, name: 'udp-place', seeds: PLACES.map(bytesOf) }, (input) => {
  const text = textOf(input);
  const place = parsePlace(text);
  if (place === undefined) return;
  promiseSame(parsePlace(formatPlace(place.address, place.port)), place, 'B5: what is read is written and read again');
  const host = text.slice(text.startsWith('[') ? 1 : 0, text.startsWith('[') ? text.indexOf(']') : text.lastIndexOf(':'));
  promise(host.includes(':') === place.address.includes(':') && host.split('%').length <= 2, 'nothing of the text is left out');
  promise(remoteParts(place).id.length === (place.address.includes(':') ? 18 : 6), 'the id is address and port');
});

/** `host:port` and remotes in configurations. */
export const endpoints: Parser = stateless(
  { ...shared, name: 'endpoints', seeds: [...PLACES, 'vpn.example.org:51820', 'mem:b', 'derp:1/abc', 'udp:192.0.2.1:5'].map(bytesOf) },
  (input) => {
    const endpoint = parseEndpoint(textOf(input));
    if (endpoint !== undefined)
      promiseSame(parseEndpoint(formatEndpoint(endpoint)), endpoint, 'B5: what is read is written and read again');
  },
);

/** What `parse` of a Bind gives is a whole remote, and always the same object. */
function bindParser(name: string, seeds: readonly string[], make: () => Bind): Parser {
  const all = { ...shared, name, seeds: seeds.map(bytesOf) };
  return { ...all, start: () => checkBind(make()) };
}

function checkBind(bind: Bind): (input: Uint8Array) => void {
  return (input) => {
    const remote = bind.parse(textOf(input));
    if (remote === undefined) return;
    promise(remote.scheme === bind.scheme && remote.text.startsWith(`${bind.scheme}:`), 'a remote is of its scheme');
    promise(remote.id.length > 0 && remote.limitKey.length > 0, 'a remote is whole');
    promise(bind.parse(remote.text) === remote, 'B5: the text of a remote leads to the same object');
  };
}

export const memoryBindRemotes: Parser = bindParser('memory-bind', ['mem:b', 'mem:[fd00::1]:5', 'mem:10.0.0.1:5', 'mem:a-b_c'], () =>
  memoryBind({ network: new MemoryNetwork(), name: 'a' }),
);

export const udpBindRemotes: Parser = bindParser(
  'udp-bind',
  PLACES.map((place) => `udp:${place}`),
  () => {
    const surroundings = { sockets: { open: () => Promise.reject(new Error('never opened')) }, interfaces: { list: () => [] } };
    return new UdpBind({ ...surroundings, lookup: undefined, gateways: undefined, desk: new NetcheckDesk(), options: {} });
  },
);
