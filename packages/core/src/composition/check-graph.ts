import { CORE, OVERRIDABLE } from './core-services.js';
import { cycles } from './cycles.js';
import type { Graph, Service } from './graph.js';
import { cureOfMissing } from './known-parts.js';
import type { Problem } from './problem.js';
import { type Need, type Token, tokenOf } from './token.js';
import { Tokens } from './tokens.js';

type Rule = (graph: Graph) => readonly Problem[];

/** Tokens whose services have open and close of their own. */
const PARTS: ReadonlySet<symbol> = new Set([
  Tokens.Bind.id,
  Tokens.Stack.id,
  Tokens.Control.id,
  Tokens.PathSelector.id,
  Tokens.StateStore.id,
]);

/** What is wrong between the plugins. Looks at declarations only. */
export function checkGraph(graph: Graph): readonly Problem[] {
  return RULES.flatMap((rule) => rule(graph));
}

const RULES: readonly Rule[] = [
  duplicateNames,
  duplicateCodes,
  coresOwnTokens,
  contestedTokens,
  tokensOfTwoKinds,
  schemes,
  duplicateSchemes,
  uselessLifecycles,
  wrongCounts,
  missingNeeds,
  lackingCapabilities,
  circles,
];

function duplicateNames(graph: Graph): Problem[] {
  return repeated(graph.plugins, (plugin) => plugin.name).map(([name, plugins]) => ({
    what: `${plugins.length} plugins are named ${name}`,
    cause:
      name === CORE ? 'that is the name of core itself' : 'the name of a plugin is unique in a node: health, counters and replace go by it',
    cure: 'Take one of them out, or give one another name',
  }));
}

/** Plugins of one package may share a table: the same entry means the same thing. */
function duplicateCodes(graph: Graph): Problem[] {
  const declared = graph.plugins.flatMap((plugin) =>
    Object.entries(plugin.errors ?? {}).map(([code, entry]) => ({ code, entry, plugin: plugin.name })),
  );
  const differing = repeated(declared, (it) => it.code).filter(([, by]) => by.some((it) => it.entry !== by[0]!.entry));
  return differing.map(([code, by]) => ({
    what: `the error code ${code} is declared twice`,
    cause: `${list(by.map((it) => it.plugin))} declare it`,
    cure: 'Rename one: a code means one thing in a node',
  }));
}

function coresOwnTokens(graph: Graph): Problem[] {
  const own = new Set(graph.services.filter((it) => it.plugin.name === CORE).map((it) => it.provision.token.id));
  const reserved = (id: symbol): boolean => id === Tokens.Flows.id || (own.has(id) && !OVERRIDABLE.has(id));
  return graph.services
    .filter((it) => it.plugin.name !== CORE && reserved(it.provision.token.id))
    .map((it) => ({
      what: `${it.plugin.name} provides ${it.provision.token.name}`,
      cause: 'core makes this service itself',
      cure: cureOfOwnToken(it.provision.token),
    }));
}

function cureOfOwnToken(token: Token<unknown>): string {
  if (token.id === Tokens.Identity.id) return 'To keep the identity elsewhere provide a StateStore, or pass createNode({ state })';
  if (token.id === Tokens.Limits.id) return 'Pass createNode({ limits })';
  return 'Provide it under a token of the plugin’s own';
}

function contestedTokens(graph: Graph): Problem[] {
  const single = graph.services.filter(
    (it) => !it.provision.token.many && (it.plugin.name !== CORE || OVERRIDABLE.has(it.provision.token.id)),
  );
  return repeated(single, (it) => it.provision.token.id).map(([, services]) => ({
    what: `${services.length} services claim ${services[0]!.provision.token.name}`,
    cause: `${list(services.map((it) => it.plugin.name))} provide it, and a node has one`,
    cure: 'Take all but one of them out',
  }));
}

function tokensOfTwoKinds(graph: Graph): Problem[] {
  const used = graph.services.flatMap(({ plugin, provision }) => [
    { plugin: plugin.name, token: provision.token },
    ...provision.needs.map((need: Need) => ({ plugin: plugin.name, token: tokenOf(need) })),
  ]);
  return repeated(used, (it) => it.token.id).flatMap(([, uses]) => {
    const other = uses.find((it) => it.token.many !== uses[0]!.token.many);
    if (other === undefined) return [];
    return [
      {
        what: `${other.token.name} is a token of one service and of many`,
        cause: `${uses[0]!.plugin} and ${other.plugin} made it differently`,
        cure: 'Make it with token() in both, or with manyToken() in both: usually two versions of a package are installed',
      },
    ];
  });
}

function schemes(graph: Graph): Problem[] {
  return graph.services.flatMap(({ plugin, provision: { token, scheme } }) => {
    const bind = token.id === Tokens.Bind.id;
    if (bind && scheme === undefined)
      return [
        {
          what: `a Bind of ${plugin.name} has no scheme`,
          cause: 'it is provided by provide(Tokens.Bind, …)',
          cure: 'Use provideBind(scheme, needs, create)',
        },
      ];
    if (!bind && scheme !== undefined)
      return [
        { what: `${token.name} of ${plugin.name} has the scheme "${scheme}"`, cause: 'only a Bind has one', cure: 'Leave the scheme out' },
      ];
    if (scheme === undefined || /^[a-z][a-z0-9+.-]*$/.test(scheme)) return [];
    return [
      {
        what: `the scheme "${scheme}" of ${plugin.name} cannot be used`,
        cause: 'remotes are written scheme:rest',
        cure: 'Start with a letter, then lower-case letters, digits, +, . or -, such as udp',
      },
    ];
  });
}

function duplicateSchemes(graph: Graph): Problem[] {
  const binds = graph.services.filter((it) => it.provision.scheme !== undefined);
  return repeated(binds, (it) => it.provision.scheme).map(([scheme, services]) => ({
    what: `${services.length} Binds have the scheme "${scheme}"`,
    cause: `${list(services.map((it) => it.plugin.name))} provide them, and a remote ${scheme}:… must mean one place`,
    cure: 'Take all but one out, or give one another scheme',
  }));
}

function uselessLifecycles(graph: Graph): Problem[] {
  return graph.services
    .filter(({ provision: { token, lifecycle } }) => PARTS.has(token.id) && (lifecycle?.start ?? lifecycle?.stop) !== undefined)
    .map(({ plugin, provision: { token } }) => ({
      what: `${token.name} of ${plugin.name} has a lifecycle`,
      cause: 'start and stop of a part would never be called: core opens and closes it',
      cure: 'Do the work in its open and close',
    }));
}

function wrongCounts(graph: Graph): Problem[] {
  return eachNeed(graph).flatMap(({ service, need }) => {
    const token = tokenOf(need);
    const everything = 'all' in need;
    if (token.many === everything) return [];
    const what = `${service.plugin.name} needs ${everything ? `all(${token.name})` : token.name}`;
    if (everything)
      return [{ what, cause: 'one plugin provides it at most', cure: `Ask for the token itself, or for optional(${token.name})` }];
    return [{ what, cause: 'any number of plugins may provide it', cure: `Ask for all(${token.name})` }];
  });
}

function missingNeeds(graph: Graph): Problem[] {
  const missing = eachNeed(graph).filter(
    ({ need }) => !('optional' in need) && !('all' in need) && !need.many && graph.providers(need).length === 0,
  );
  return grouped(missing, ({ need }) => tokenOf(need).id).map(([, askers]) => {
    const token = tokenOf(askers[0]!.need);
    return {
      what: `nobody provides ${token.name}`,
      cause: `${list([...new Set(askers.map((it) => it.service.plugin.name))])} need${askers.length === 1 ? 's' : ''} it`,
      cure: capital(cureOfMissing(token)),
    };
  });
}

function lackingCapabilities(graph: Graph): Problem[] {
  const offered = new Set(graph.plugins.flatMap((plugin) => plugin.offers ?? []));
  return graph.plugins.flatMap((plugin) =>
    (plugin.requires ?? [])
      .filter((it) => !offered.has(it.capability))
      .map((it) => ({
        what: `${plugin.name} requires ${it.capability}`,
        cause: `${it.because}; ${whatIsOffered(graph, it.capability)}`,
        cure: capital(it.cure),
      })),
  );
}

/** Who of the present plugins offers a capability of the same family, and what. */
function whatIsOffered(graph: Graph, capability: string): string {
  const family = `${capability.split('.')[0]}.`;
  const near = graph.plugins
    .map((plugin) => ({ name: plugin.name, offers: (plugin.offers ?? []).filter((it) => it.startsWith(family)) }))
    .filter((it) => it.offers.length > 0);
  if (near.length === 0) return `no plugin offers any ${family}*`;
  return near.map((it) => `${it.name} offers only ${it.offers.join(', ')}`).join('; ');
}

function circles(graph: Graph): Problem[] {
  return cycles(graph).map((circle) => {
    const round = [...circle, circle[0]!];
    return {
      what: `services need each other in a circle: ${round.map((it) => it.plugin.name).join(' → ')}`,
      cause: circle.map((it, i) => `${it.provision.token.name} needs ${round[i + 1]!.provision.token.name}`).join(', '),
      cure: 'Take one need out: move what both use into a service of its own, or hand it over after start',
    };
  });
}

function eachNeed(graph: Graph): readonly { readonly service: Service; readonly need: Need }[] {
  return graph.services.flatMap((service) => service.provision.needs.map((need: Need) => ({ service, need })));
}

function grouped<T, K>(items: readonly T[], key: (item: T) => K): readonly (readonly [K, readonly T[]])[] {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups];
}

function repeated<T, K>(items: readonly T[], key: (item: T) => K): readonly (readonly [K, readonly T[]])[] {
  return grouped(items, key).filter(([, group]) => group.length > 1);
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
