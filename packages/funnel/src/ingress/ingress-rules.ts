import type { Address, Capabilities } from '@heddle/core';
import { formatAddress, parseAddressPort } from '@heddle/wire';
import { mayFunnel } from './funnel-ports.js';
import type { HeadFault, RequestHead } from './request-head.js';

/** The capability by which control says that a peer brings visitors from the internet. */
export const INGRESS = 'https://tailscale.com/cap/ingress';

/** Whom a visitor wants to reach: the name in lower case. */
export interface IngressTarget {
  readonly host: string;
  readonly port: number;
}

/** Who may bring visitors when control has no words for it, as Headscale. */
export interface IngressTrust {
  /** Ids or tags (`tag:ingress`) of peers. Default: none. */
  readonly peers?: readonly string[];
  /** A capability that the packet filter grants ingress peers, such as `example.com/cap/ingress`. Default: none. */
  readonly capability?: string;
}

/** The peer that asks. */
export interface Caller {
  readonly id: string;
  readonly tags: readonly string[];
  readonly capabilities: Capabilities;
}

/** All that a decision rests on. */
export interface IngressFacts {
  readonly caller: Caller;
  /** Bare addresses of this node. */
  readonly addresses: readonly string[];
  /** What control gave this node. */
  readonly own: Capabilities | undefined;
  readonly shieldsUp: boolean;
  /** Undefined: control decides. */
  readonly trust: IngressTrust | undefined;
  /** Whether visitors are wanted there, and something serves them. */
  serves(target: IngressTarget): boolean;
}

/** A visitor comes in, or the peer gets an answer and the connection ends. */
export type Verdict =
  | { readonly is: 'visitor'; readonly from: Address; readonly target: IngressTarget }
  | { readonly is: 'answer'; readonly status: number; readonly text: string };

const answer = (status: number, text: string): Verdict => ({ is: 'answer', status, text });

/** What becomes of a request to this node's PeerAPI. */
export function judgeRequest(head: RequestHead, facts: IngressFacts): Verdict {
  if (!isForUs(head.headers.get('host'), facts.addresses)) return answer(403, 'invalid Host');
  if (head.headers.has('referer') || head.headers.has('origin')) return answer(403, 'no browsers');
  if (head.path === '/') return answer(200, 'This is a PeerAPI.');
  if (head.path !== '/v0/ingress') return answer(404, 'unsupported peerapi path');
  return judgeIngress(head, facts);
}

/** What a peer hears whose request is none. */
export function answerToFault(fault: HeadFault): Verdict {
  return fault === 'too-large' ? answer(431, 'request head too large') : answer(400, 'malformed request');
}

function judgeIngress({ method, headers }: RequestHead, facts: IngressFacts): Verdict {
  if (!isIngressPeer(facts)) return answer(403, 'denied; no ingress cap');
  if (method !== 'POST') return answer(405, 'only POST allowed');
  if (hasBody(headers)) return answer(400, 'no body allowed');
  const [source, wanted] = [headers.get('tailscale-ingress-src'), headers.get('tailscale-ingress-target')];
  if (!source) return answer(400, 'Tailscale-Ingress-Src header not set');
  const from = readSource(source);
  if (from === undefined) return answer(400, 'Tailscale-Ingress-Src header invalid; want ip:port');
  if (!wanted) return answer(400, 'Tailscale-Ingress-Target header not set');
  const target = readTarget(wanted);
  if (target === undefined) return answer(400, 'Tailscale-Ingress-Target header invalid; want host:port');
  return mayEnter(target, facts) ? { is: 'visitor', from, target } : answer(403, 'denied');
}

/** Shields up and visitors exclude each other. Without trust of the user's own, control must have allowed the port. */
function mayEnter(target: IngressTarget, { own, shieldsUp, trust, serves }: IngressFacts): boolean {
  return !shieldsUp && (trust !== undefined || mayFunnel(own, target.port)) && serves(target);
}

/** Whether this peer may bring visitors at all. */
export function isIngressPeer({ caller, trust }: Pick<IngressFacts, 'caller' | 'trust'>): boolean {
  if (caller.capabilities.has(INGRESS)) return true;
  if (trust?.capability !== undefined && caller.capabilities.has(trust.capability)) return true;
  return trust?.peers?.some((peer) => peer === caller.id || caller.tags.includes(peer)) ?? false;
}

/** Peers write `peer`, or one of our addresses: no name that a browser may have been led astray with. */
function isForUs(host: string | undefined, addresses: readonly string[]): boolean {
  if (host === 'peer') return true;
  const at = host === undefined ? undefined : readSource(host);
  return at !== undefined && addresses.includes(at.address);
}

function hasBody(headers: ReadonlyMap<string, string>): boolean {
  return headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0';
}

function readSource(text: string): Address | undefined {
  const parsed = parseAddressPort(text);
  return parsed && { address: formatAddress(parsed.address), port: parsed.port };
}

function readTarget(text: string): IngressTarget | undefined {
  const [, host, port] = /^([a-z0-9._-]{1,253}):([0-9]{1,5})$/i.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535 || Number(port) === 0) return undefined;
  return { host: host.toLowerCase(), port: Number(port) };
}
