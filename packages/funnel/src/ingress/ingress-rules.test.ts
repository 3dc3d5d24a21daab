import { describe, expect, test } from 'vitest';
import { mayFunnel } from './funnel-ports.js';
import { INGRESS, type IngressFacts, judgeRequest, type Verdict } from './ingress-rules.js';
import { peerApiPort } from './peer-api-port.js';
import type { RequestHead } from './request-head.js';

const PORTS = 'https://tailscale.com/cap/funnel-ports?ports=443,8000-8002';
const own = new Map([
  ['funnel', []],
  [PORTS, []],
]);
const caller = { id: 'n7', tags: ['tag:ingress'], capabilities: new Map([[INGRESS, []]]) };
const stranger = { ...caller, capabilities: new Map() };
const facts: IngressFacts = {
  caller,
  addresses: ['100.64.0.1', 'fd7a::1'],
  own,
  shieldsUp: false,
  trust: undefined,
  serves: ({ host, port }) => host === 'web.ts.net' && [443, 9_000].includes(port),
};

const HEADERS = { host: 'peer', 'tailscale-ingress-src': '203.0.113.9:5', 'tailscale-ingress-target': 'web.ts.net:443' };

function request(change: Readonly<Record<string, string | undefined>> = {}, method = 'POST', path = '/v0/ingress'): RequestHead {
  const headers = Object.entries({ ...HEADERS, ...change }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { method, path, headers: new Map(headers) };
}

const said = (verdict: Verdict): string => (verdict.is === 'visitor' ? 'visitor' : `${verdict.status} ${verdict.text}`);
const judged = (head: RequestHead, change: Partial<IngressFacts> = {}): string => said(judgeRequest(head, { ...facts, ...change }));

test('a visitor comes in with his own address, to the name and port that he wants', () => {
  expect(judgeRequest(request({ 'tailscale-ingress-target': 'Web.TS.net:443' }), facts)).toEqual({
    is: 'visitor',
    from: { address: '203.0.113.9', port: 5 },
    target: { host: 'web.ts.net', port: 443 },
  });
  expect(judgeRequest(request({ 'tailscale-ingress-src': '[2001:db8::9]:5' }), facts)).toMatchObject({
    from: { address: '2001:db8::9', port: 5 },
  });
});

describe('every request has its answer', () => {
  const TABLE: readonly (readonly [head: RequestHead, answer: string])[] = [
    [request({ host: '100.64.0.1:36186' }), 'visitor'],
    [request({ host: '[fd7a::1]:36186' }), 'visitor'],
    [request({ 'content-length': '0' }), 'visitor'],
    [request({ host: undefined }), '403 invalid Host'],
    [request({ host: 'evil.example' }), '403 invalid Host'],
    [request({ host: '100.64.0.2:36186' }), '403 invalid Host'],
    [request({ origin: 'https://evil.example' }), '403 no browsers'],
    [request({ referer: '' }), '403 no browsers'],
    [request({}, 'GET', '/'), '200 This is a PeerAPI.'],
    [request({}, 'POST', '/v0/ingress/'), '404 unsupported peerapi path'],
    [request({}, 'PUT', '/v0/put/file'), '404 unsupported peerapi path'],
    [request({}, 'GET'), '405 only POST allowed'],
    [request({ 'content-length': '7' }), '400 no body allowed'],
    [request({ 'transfer-encoding': 'chunked' }), '400 no body allowed'],
    [request({ 'tailscale-ingress-src': undefined }), '400 Tailscale-Ingress-Src header not set'],
    [request({ 'tailscale-ingress-src': 'home.example:5' }), '400 Tailscale-Ingress-Src header invalid; want ip:port'],
    [request({ 'tailscale-ingress-target': undefined }), '400 Tailscale-Ingress-Target header not set'],
    [request({ 'tailscale-ingress-target': 'web.ts.net' }), '400 Tailscale-Ingress-Target header invalid; want host:port'],
    [request({ 'tailscale-ingress-target': 'web.ts.net:0' }), '400 Tailscale-Ingress-Target header invalid; want host:port'],
    [request({ 'tailscale-ingress-target': 'other.ts.net:443' }), '403 denied'],
    [request({ 'tailscale-ingress-target': 'web.ts.net:8000' }), '403 denied'],
    [request({ 'tailscale-ingress-target': 'web.ts.net:9000' }), '403 denied'],
  ];
  for (const [head, answer] of TABLE)
    test(`${head.method} ${head.path} ${JSON.stringify(Object.fromEntries(head.headers))}: ${answer}`, () =>
      expect(judged(head)).toBe(answer));
});

describe('who may bring visitors', () => {
  test('a peer without the capability is refused before anything else is looked at', () => {
    expect(judged(request({}, 'GET'), { caller: stranger })).toBe('403 denied; no ingress cap');
  });

  test('the capability must be that of ingress, not one that begins like it', () => {
    const capabilities = new Map([[`${INGRESS}/x`, []]]);
    expect(judged(request(), { caller: { ...stranger, capabilities } })).toBe('403 denied; no ingress cap');
  });

  test('this node must have been allowed to be reached, at this port', () => {
    expect(judged(request(), { own: undefined })).toBe('403 denied');
    expect(judged(request(), { own: new Map([[PORTS, []]]) })).toBe('403 denied');
    expect(judged(request(), { own: new Map([['funnel', []]]) })).toBe('403 denied');
  });

  test('shields up keep visitors out', () => {
    expect(judged(request(), { shieldsUp: true })).toBe('403 denied');
  });

  test('where the user trusts a peer by id, by tag or by a capability of his own, control need not know of visitors', () => {
    const trusted = { own: undefined, caller: stranger };
    expect(judged(request(), { ...trusted, trust: { peers: ['n7'] } })).toBe('visitor');
    expect(judged(request(), { ...trusted, trust: { peers: ['tag:ingress'] } })).toBe('visitor');
    expect(judged(request(), { ...trusted, trust: { peers: ['n8', 'tag:web'] } })).toBe('403 denied; no ingress cap');
    const capabilities = new Map([['example.com/cap/ingress', []]]);
    const trust = { capability: 'example.com/cap/ingress' };
    expect(judged(request(), { own: undefined, caller: { ...stranger, capabilities }, trust })).toBe('visitor');
    expect(judged(request(), { ...trusted, trust })).toBe('403 denied; no ingress cap');
    expect(judged(request(), { ...trusted, trust: {} })).toBe('403 denied; no ingress cap');
  });
});

test('ports that control allows are single ports and ranges, in the name of the capability', () => {
  const allowed = (name: string): readonly number[] =>
    [1, 443, 7_999, 8_000, 8_002, 8_003].filter((port) => mayFunnel(new Map([...[['funnel', []] as const], [name, []]]), port));
  expect(allowed(PORTS)).toEqual([443, 8_000, 8_002]);
  expect(allowed('https://tailscale.com/cap/funnel-ports?ports=443')).toEqual([443]);
  for (const bad of ['', '?ports=', '?ports=443,', '?ports=a', '?ports=443;8000', '?port=443', '/x?ports=443'])
    expect(allowed(`https://tailscale.com/cap/funnel-ports${bad}`)).toEqual([]);
});

test('the PeerAPI listens where Tailscale’s clients do', () => {
  const addresses = ['100.64.0.11', '100.64.0.12', '100.64.0.14', '100.64.0.1', '100.100.100.101'];
  expect(addresses.map(peerApiPort)).toEqual([36_186, 39_161, 63_957, 58_436, 33_178]);
  expect(peerApiPort('web')).toBeUndefined();
});
