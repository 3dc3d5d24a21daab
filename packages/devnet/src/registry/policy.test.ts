import { expect, test } from 'vitest';
import { Access } from './access.js';
import { addressesOf } from './address-plan.js';
import { freeLabel, hostLabel } from './host-label.js';
import type { AclRule } from './policy.js';

const wrong = (rule: Partial<AclRule>): unknown => {
  try {
    new Access({ acls: [{ src: ['*'], dst: ['*:*'], ...rule }] });
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each([
  [{ dst: ['*'] }, '"*" has no ports'],
  [{ dst: ['*:99999'] }, '"99999" are no ports'],
  [{ dst: ['*:9-8'] }, '"9-8" are no ports'],
  [{ src: ['group:none'] }, '"group:none"'],
  [{ proto: 'sctp' }, '"sctp" is no protocol'],
  [{ action: 'deny' as 'accept' }, '"deny"'],
])('a rule with %j is a mistake, and the message quotes it', (rule, quoted) => {
  expect(wrong(rule)).toMatchObject({ code: 'HEDDLE_DEVNET_POLICY', message: expect.stringContaining(quoted) });
});

test.each([
  [null, 'it is null'],
  [[], 'it is []'],
  ['acls', 'it is "acls"'],
  [{}, '`acls` is no list'],
  [{ acls: [null] }, 'rule 1 of `acls` is null'],
  [{ acls: [{ src: '*', dst: ['*:*'] }] }, '`src` of rule 1 of `acls` cannot be "*"'],
  [{ acls: [{ src: ['*'] }] }, '`dst` of rule 1 of `acls` cannot be nothing'],
  [{ acls: [{ src: ['*'], dst: ['*:*'], proto: 6 }] }, '`proto` of rule 1 of `acls` cannot be 6'],
  [{ acls: [], groups: { 'group:a': 'bob' } }, '"group:a" of `groups` is "bob"'],
  [{ acls: [], hosts: { printer: 5 } }, '"printer" of `hosts` is 5'],
  [{ acls: [], hosts: { printer: '10.0.0' } }, '"printer" of `hosts` is "10.0.0"'],
  [{ acls: [], grants: 5 }, '`grants` is no list'],
  [{ acls: [], grants: [{ src: ['*'], dst: ['*'], app: { 'example.com/cap': {} } }] }, '`app` of rule 1 of `grants`'],
  [{ acls: [], nodeAttrs: [{ target: ['*'] }] }, '`attr` of rule 1 of `nodeAttrs` cannot be nothing'],
])('a policy %j is a mistake, and the message says where', (policy, quoted) => {
  const make = (): Access => new Access(policy as never);
  expect(make).toThrow(expect.objectContaining({ code: 'HEDDLE_DEVNET_POLICY', message: expect.stringContaining(quoted) }));
});

test('names that every object has are names like others', () => {
  const policy = { groups: {}, hosts: {}, acls: [{ src: ['constructor'], dst: ['toString:80'] }] };
  expect(new Access(policy).filterFor({ addresses: [], tags: [], name: 'x', user: 'y' } as never, () => [])).toEqual([]);
  expect(wrong({ proto: 'constructor' })).toMatchObject({ code: 'HEDDLE_DEVNET_POLICY' });
});

test('ports, hosts, groups, protocols and IPv6 destinations are read', () => {
  const policy = {
    groups: { 'group:ops': ['alice@devnet'] },
    hosts: { printer: '10.0.0.7' },
    acls: [{ src: ['10.1.0.0/16'], dst: ['printer:80,9000-9100', 'fd7a:115c:a1e0::1:22'], proto: '6' }],
  };
  const rules = new Access(policy).filterFor({ addresses: [] } as never, () => []);
  const port = (IP: string, First: number, Last: number) => ({ IP, Ports: { First, Last } });
  const DstPorts = [port('10.0.0.7', 80, 80), port('10.0.0.7', 9000, 9100), port('fd7a:115c:a1e0::1', 22, 22)];
  expect(rules).toEqual([{ SrcIPs: ['10.1.0.0/16'], DstPorts, IPProto: [6] }]);
});

test('a policy that names no node is answered alike for all, and one that does is not', () => {
  expect(new Access({ acls: [{ src: ['*'], dst: ['*:80'] }] }).isUniform).toBe(true);
  expect(new Access({ acls: [{ src: ['alice@devnet'], dst: ['*:80'] }] }).isUniform).toBe(false);
});

test('addresses are the same for ever, differ, and leave out what clients keep for themselves', () => {
  expect(addressesOf(1)).toEqual(['100.64.0.1', 'fd7a:115c:a1e0::1']);
  expect(addressesOf(0x246400)?.[0]).toBe('100.100.101.0');
  const seen = new Set<string>();
  for (let n = 1; n < 3_000_000; n += 997) seen.add(addressesOf(n)![0]);
  expect(seen.size).toBe(Math.ceil(2_999_999 / 997));
  expect(addressesOf(0)).toBeUndefined();
  expect(addressesOf(0x400000)).toBeUndefined();
});

test('what a host calls itself becomes a label that DNS takes', () => {
  expect(['Web.example.com', 'Ann’s MacBook', '---', '', 'x'.repeat(90)].map(hostLabel)).toEqual([
    'web',
    'ann-s-macbook',
    'node',
    'node',
    'x'.repeat(57),
  ]);
  expect(freeLabel('web', (label) => ['web', 'web-1'].includes(label))).toBe('web-2');
});

const node = (name: string, tags: readonly string[], address: string) =>
  ({ name, tags, user: 'alice@devnet', addresses: [address] }) as never;

test('a grant is told to whom it concerns, for its own addresses, and opens no port', () => {
  const [web, relay] = [node('web', ['tag:web'], '100.64.0.1'), node('relay', ['tag:ingress'], '100.64.0.2')];
  const access = new Access({ acls: [], grants: [{ src: ['tag:ingress'], dst: ['tag:web'], app: { 'example.com/cap/ingress': [{}] } }] });
  const CapGrant = [{ Dsts: ['100.64.0.1/32'], CapMap: { 'example.com/cap/ingress': [{}] } }];
  expect(access.filterFor(web, () => [web, relay])).toEqual([{ SrcIPs: ['100.64.0.2'], CapGrant }]);
  expect(access.filterFor(relay, () => [web, relay])).toEqual([]);
  expect(access.isUniform).toBe(false);
});

test('attributes belong to the nodes that a target names; funnel brings along certificates and ports', () => {
  const access = new Access({ acls: [], nodeAttrs: [{ target: ['tag:web'], attr: ['funnel', 'example.com/x'] }] });
  expect(access.capabilitiesOf(node('web', ['tag:web'], '100.64.0.1'))).toEqual([
    'https',
    'funnel',
    'https://tailscale.com/cap/funnel-ports?ports=443,8443,10000',
    'example.com/x',
  ]);
  expect(access.capabilitiesOf(node('relay', [], '100.64.0.2'))).toEqual([]);
});
