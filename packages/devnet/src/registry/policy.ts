import { HeddleError, type JsonValue } from '@heddle/core';
import { parseAddress, parsePrefix } from '@heddle/wire';
import type { DevnetNode } from './devnet-node.js';
import { policyFault } from './policy-form.js';

/** Who may open connections to whom. What no rule accepts is refused. */
export interface Policy {
  /** `group:…` → login names. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Name → address or prefix. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly acls: readonly AclRule[];
  /** Capabilities that some nodes have towards others. They open no port. */
  readonly grants?: readonly GrantRule[];
  /** What nodes may do by themselves. */
  readonly nodeAttrs?: readonly AttributeRule[];
}

/** Sides are those of rules, without ports. */
export interface GrantRule {
  readonly src: readonly string[];
  readonly dst: readonly string[];
  /** Name of a capability → what is granted under it. */
  readonly app: Readonly<Record<string, readonly JsonValue[]>>;
}

export interface AttributeRule {
  /** Sides that name nodes, or `*`. */
  readonly target: readonly string[];
  /** Names of capabilities. `funnel` brings along what visitors from the internet need: certificates, and ports 443, 8443 and 10000. */
  readonly attr: readonly string[];
}

/** A side is `*`, a login name, `group:…`, `tag:…`, a name of `hosts`, the name of a node, an address or a prefix. */
export interface AclRule {
  readonly action?: 'accept';
  /** IP protocol: `tcp`, `udp`, `icmp`, or a number. Absent: TCP, UDP and ICMP. */
  readonly proto?: string;
  readonly src: readonly string[];
  /** A side with ports: `tag:web:80,443`, `*:*`, `alice@example.com:8000-8999`. */
  readonly dst: readonly string[];
}

export interface PortSpan {
  readonly first: number;
  readonly last: number;
}

/** A rule in its parts. */
export interface ReadRule {
  readonly protocols: readonly number[] | undefined;
  readonly sources: readonly Side[];
  readonly destinations: readonly { readonly side: Side; readonly ports: readonly PortSpan[] }[];
}

/** A grant in its parts. */
export interface ReadGrant {
  readonly sources: readonly Side[];
  readonly destinations: readonly Side[];
  readonly app: GrantRule['app'];
}

/** Attributes in their parts. */
export interface ReadAttributes {
  readonly targets: readonly Side[];
  readonly names: readonly string[];
}

/** One side of a rule: everybody, some addresses, or the nodes of which a predicate is true. */
export type Side =
  | { readonly is: 'all' }
  | { readonly is: 'addresses'; readonly text: string }
  | { readonly is: 'nodes'; holds(node: DevnetNode): boolean };

const PROTOCOLS: Readonly<Record<string, readonly number[]>> = { tcp: [6], udp: [17], icmp: [1, 58] };
/** What Tailscale's control gives a node whose policy has the attribute `funnel`. */
const FUNNEL: readonly string[] = ['https', 'funnel', 'https://tailscale.com/cap/funnel-ports?ports=443,8443,10000'];
const ALL_PORTS: readonly PortSpan[] = [{ first: 0, last: 65_535 }];

/** Lets everybody reach everything. */
export const ALLOW_ALL: Policy = { acls: [{ src: ['*'], dst: ['*:*'] }] };

/** Throws HEDDLE_DEVNET_POLICY for a policy that cannot be meant. */
export function readPolicy(policy: Policy): ReadRule[] {
  const fault = policyFault(policy);
  if (fault !== undefined) throw wrong(fault);
  return policy.acls.map((rule: AclRule) => {
    if (rule.action !== undefined && rule.action !== 'accept') throw wrong(`the action "${rule.action}" is none; there is only "accept"`);
    return {
      protocols: readProtocol(rule.proto),
      sources: rule.src.map((text) => readSide(text, policy)),
      destinations: rule.dst.map((text) => readDestination(text, policy)),
    };
  });
}

/** Throws HEDDLE_DEVNET_POLICY for grants that cannot be meant. */
export function readGrants(policy: Policy): ReadGrant[] {
  return (policy.grants ?? []).map(({ src, dst, app }) => ({
    sources: src.map((text) => readSide(text, policy)),
    destinations: dst.map((text) => readSide(text, policy)),
    app,
  }));
}

/** Throws HEDDLE_DEVNET_POLICY for attributes that cannot be meant. */
export function readAttributes(policy: Policy): ReadAttributes[] {
  return (policy.nodeAttrs ?? []).map(({ target, attr }) => ({
    targets: target.map((text) => readSide(text, policy)),
    names: attr.flatMap((name) => (name === 'funnel' ? FUNNEL : [name])),
  }));
}

function readDestination(text: string, policy: Policy): ReadRule['destinations'][number] {
  const colon = text.lastIndexOf(':');
  if (colon < 1) throw wrong(`the destination "${text}" has no ports; write ${text}:*`);
  return { side: readSide(text.slice(0, colon), policy), ports: readPorts(text.slice(colon + 1)) };
}

function readSide(text: string, policy: Policy): Side {
  if (text === '*') return { is: 'all' };
  const group = own(policy.groups, text);
  if (group !== undefined) return { is: 'nodes', holds: (node) => node.tags.length === 0 && group.includes(node.user) };
  if (text.startsWith('group:')) throw wrong(`there is no "${text}" among the groups`);
  if (text.startsWith('tag:')) return { is: 'nodes', holds: (node) => node.tags.includes(text) };
  const address = own(policy.hosts, text) ?? text;
  if (parseAddress(address) !== undefined || parsePrefix(address) !== undefined) return { is: 'addresses', text: address };
  return { is: 'nodes', holds: (node) => node.name === text || (node.tags.length === 0 && node.user === text) };
}

function readPorts(text: string): readonly PortSpan[] {
  if (text === '*') return ALL_PORTS;
  return text.split(',').map((part) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    const span = { first: Number(first), last: Number(last) };
    if (first === undefined || span.last > 65_535 || span.first > span.last) throw wrong(`"${text}" are no ports`);
    return span;
  });
}

function readProtocol(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,3}$/.test(text) && Number(text) < 256 ? [Number(text)] : undefined;
  const found = own(PROTOCOLS, text) ?? number;
  if (found === undefined) throw wrong(`"${text}" is no protocol; write tcp, udp, icmp or a number`);
  return found;
}

/** Names come from people: `constructor` is one like any other. */
function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function wrong(what: string): HeddleError {
  return new HeddleError('HEDDLE_DEVNET_POLICY', `the policy of the devnet: ${what}`);
}
