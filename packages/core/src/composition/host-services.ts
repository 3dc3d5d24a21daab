import type { Host } from '../heddle-node/heddle-node.js';
import { textOf } from './compose.js';
import { CORE } from './core-services.js';
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
  const problems: Problem[] = [];
  for (const token of host === undefined ? [] : openNeeds(graph)) {
    const answer = ask(host!, token);
    if ('problem' in answer) problems.push(answer.problem);
    else if (answer.value !== undefined) provides.push({ token, needs: [], create: () => answer.value, lifecycle: {} });
  }
  return { plugin: definePlugin({ name: HOST, provides }), problems };
}

function openNeeds(graph: Graph): readonly Token<unknown>[] {
  const asked = new Map<symbol, Token<unknown>>();
  for (const service of graph.services.filter((it) => it.plugin.name !== CORE))
    for (const token of service.provision.needs.map((need: Need) => tokenOf(need)))
      if (!token.many && !NEVER_ASKED.has(token.id) && graph.providers(token).length === 0) asked.set(token.id, token);
  return [...asked.values()];
}

function ask(host: Host, token: Token<unknown>): { readonly value: unknown } | { readonly problem: Problem } {
  try {
    return { value: host.get(token) ?? undefined };
  } catch (fault) {
    const cause = `host.get threw: ${textOf(fault)}`;
    return {
      problem: {
        what: `the host did not say whether it has ${token.name}`,
        cause,
        cure: 'Return undefined for what it does not have: { get: (token) => container.get(token.id, { optional: true }) }',
      },
    };
  }
}
