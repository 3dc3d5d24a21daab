import type { Host } from '../heddle-node/heddle-node.js';
import { textOf } from './compose.js';
import { CORE, OVERRIDABLE } from './core-services.js';
import type { Graph } from './graph.js';
import { definePlugin, type Plugin, type Provision } from './plugin.js';
import type { Problem } from './problem.js';
import { type Need, type Token, tokenOf } from './token.js';
import { Tokens } from './tokens.js';

/** Parts live and die with the node, so they come from plugins only. */
const NEVER_ASKED: ReadonlySet<symbol> = new Set([Tokens.Stack.id, Tokens.Control.id, Tokens.PathSelector.id, Tokens.Flows.id]);

export const HOST = 'the host';

/** What the host answers to the needs that no plugin meets, as a plugin; and where asking it went wrong. */
export function hostPlugin(host: Host | undefined, graph: Graph): { readonly plugin: Plugin; readonly problems: readonly Problem[] } {
  const provides: Provision[] = [];
  const wrong = new Map<string, string[]>();
  for (const [token, wanted] of host === undefined ? [] : [...openNeeds(graph), ...coresNeeds(graph)]) {
    const answer = ask(host!, token);
    if ('fault' in answer) wrong.set(answer.fault, [...(wrong.get(answer.fault) ?? []), token.name]);
    else if (wanted && answer.value !== undefined) provides.push({ token, needs: [], create: () => answer.value, lifecycle: {} });
  }
  return { plugin: definePlugin({ name: HOST, provides }), problems: [...wrong].map(([fault, names]) => problemOf(fault, names)) };
}

/** A token that the host is asked for, and whether its answer becomes a service of the graph. */
type Question = readonly [token: Token<unknown>, wanted: boolean];

/** Core asks the host for these when it starts: a host that cannot answer is better found now. */
function coresNeeds(graph: Graph): readonly Question[] {
  const core = graph.services.filter(({ plugin, provision }) => plugin.name === CORE && OVERRIDABLE.has(provision.token.id));
  return core.map(({ provision }) => [provision.token, false] as const);
}

function openNeeds(graph: Graph): readonly Question[] {
  const asked = new Map<symbol, Token<unknown>>();
  for (const service of graph.services.filter((it) => it.plugin.name !== CORE))
    for (const token of service.provision.needs.map((need: Need) => tokenOf(need)))
      if (!token.many && !NEVER_ASKED.has(token.id) && graph.providers(token).length === 0) asked.set(token.id, token);
  return [...asked.values()].map((token) => [token, true] as const);
}

function ask(host: Host, token: Token<unknown>): { readonly value: unknown } | { readonly fault: string } {
  try {
    const value: unknown = host.get(token) ?? undefined;
    if (!(value instanceof Promise)) return { value };
    value.catch(() => {});
    return { fault: PROMISED };
  } catch (fault) {
    return { fault: `host.get threw: ${textOf(fault)}` };
  }
}

const PROMISED = 'host.get returned a promise';

function problemOf(cause: string, names: readonly string[]): Problem {
  const get = 'Return undefined for what it does not have: { get: (token) => container.get(token.id, { optional: true }) }';
  const cure = cause === PROMISED ? 'Await what the container makes before createNode, and give a get that answers at once' : get;
  return { what: `the host did not say whether it has ${names.join(', ')}`, cause, cure };
}
