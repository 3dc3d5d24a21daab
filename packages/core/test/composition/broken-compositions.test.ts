import {
  all,
  CompositionError,
  createNode,
  definePlugin,
  manyToken,
  type NodeOptions,
  optional,
  type Plugin,
  provide,
  provideBind,
  provideStack,
  Tokens,
  token,
} from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { bind, control, Gadget, gadget, Journal, selector, stack, Toy, toy } from './fake-parts.js';

const journal = new Journal();
const A = token<object>('@toy/A');
const B = token<object>('@toy/B');
const C = token<object>('@toy/C');

/** The problems of a composition that must be refused; nothing of it may have been made. */
function problems(plugins: unknown, options: unknown = {}): CompositionError['problems'] {
  const before = journal.events.length;
  try {
    createNode(options as NodeOptions, plugins as Plugin[]);
  } catch (error) {
    expect(error).toBeInstanceOf(CompositionError);
    expect(error).toMatchObject({ code: 'HEDDLE_COMPOSITION' });
    for (const { what, cause, cure } of (error as CompositionError).problems)
      for (const text of [what, cause, cure]) expect((error as Error).message).toContain(text);
    expect(journal.events.length).toBe(before);
    return (error as CompositionError).problems;
  }
  throw new Error('the composition was taken');
}

function plugin(name: string, rest: Partial<Plugin> = {}): Plugin {
  return definePlugin({ name, provides: [], ...rest });
}
const needing = (name: string, ...needs: Parameters<typeof provide>[1]): Plugin =>
  plugin(name, { provides: [provide(token<object>(`${name}/service`), needs, () => ({}))] });
const twice = bind(journal, 'twice');

interface Case {
  readonly says: string;
  readonly plugins: unknown;
  readonly options?: unknown;
  readonly what: RegExp;
  readonly cause: RegExp;
  readonly cure: RegExp;
}

/** What it stands for is gone. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const shy = Object.defineProperty({ ...plugin('shy') }, 'provides', {
  get() {
    throw new Error('not yet');
  },
});

const CASES: readonly Case[] = [
  {
    says: 'a plugin with a getter that throws',
    plugins: [plugin('first'), shy],
    what: /^plugin 2 of the list cannot be read/,
    cause: /looking at it throws: not yet/,
    cure: /what definePlugin returned/,
  },
  {
    says: 'a proxy of which nothing is left',
    plugins: [revoked()],
    what: /^plugin 1 of the list cannot be read/,
    cause: /revoked/,
    cure: /what definePlugin returned/,
  },
  {
    says: 'an empty list',
    plugins: [],
    what: /list of plugins is empty/,
    cause: /made of plugins/,
    cure: /at least one.*udp\(\), netstack\(\), ts2021\(\)/,
  },
  { says: 'no list', plugins: bind(journal), what: /not a list/, cause: /was given a object/, cure: /Pass an array/ },
  {
    says: 'a need that nobody meets',
    plugins: [toy(journal)],
    what: /nobody provides @toy\/Gadget/,
    cause: /^toy needs it/,
    cure: /plugin that provides it.*host/,
  },
  {
    says: 'a service that needs a Stack where there is none',
    plugins: [needing('funnel', Tokens.Stack)],
    what: /nobody provides @heddle\/core\/Stack/,
    cause: /funnel needs it/,
    cure: /netstack\(\) from @heddle\/stack-netstack or tun\(\) from @heddle\/stack-tun/,
  },
  {
    says: 'a service that needs flows where there is no Stack',
    plugins: [needing('funnel', Tokens.Flows)],
    what: /nobody provides @heddle\/core\/Flows/,
    cause: /funnel needs it/,
    cure: /come from a Stack: add netstack\(\)/,
  },
  {
    says: 'two Stacks',
    plugins: [stack(journal, 'netstack'), stack(journal, 'tun')],
    what: /2 services claim @heddle\/core\/Stack/,
    cause: /netstack and tun provide it/,
    cure: /all but one/,
  },
  {
    says: 'two Controls',
    plugins: [control(journal, 'ts2021'), control(journal, 'static')],
    what: /2 services claim @heddle\/core\/Control/,
    cause: /ts2021 and static/,
    cure: /all but one/,
  },
  {
    says: 'two path selectors',
    plugins: [selector(journal, 'disco'), selector(journal, 'own')],
    what: /2 services claim @heddle\/core\/PathSelector/,
    cause: /disco and own/,
    cure: /all but one/,
  },
  {
    says: 'one plugin with two Stacks',
    plugins: [plugin('double', { provides: [...stack(journal).provides, ...stack(journal).provides] })],
    what: /2 services claim @heddle\/core\/Stack/,
    cause: /double and double/,
    cure: /all but one/,
  },
  {
    says: 'two clocks of plugins',
    plugins: ['a', 'b'].map((name) => plugin(name, { provides: [provide(Tokens.Clock, [], () => ({}) as never)] })),
    what: /2 services claim @heddle\/core\/Clock/,
    cause: /a and b/,
    cure: /all but one/,
  },
  {
    says: 'two Binds of one scheme',
    plugins: [bind(journal, 'fast', {}, 'udp'), bind(journal, 'slow', {}, 'udp')],
    what: /2 Binds have the scheme "udp"/,
    cause: /fast and slow/,
    cure: /another scheme/,
  },
  {
    says: 'a Bind without a scheme',
    plugins: [plugin('udp', { provides: [provide(Tokens.Bind, [], () => ({}) as never)] })],
    what: /Bind of udp has no scheme/,
    cause: /provide\(Tokens\.Bind/,
    cure: /provideBind\(scheme, needs, create\)/,
  },
  {
    says: 'a scheme that a remote cannot start with',
    plugins: [bind(journal, 'udp', {}, 'My Bind:')],
    what: /scheme "My Bind:" of udp/,
    cause: /scheme:rest/,
    cure: /lower-case/,
  },
  {
    says: 'a scheme on something that is no Bind',
    plugins: [plugin('odd', { provides: [{ ...provide(A, [], () => ({})), scheme: 'odd' }] })],
    what: /@toy\/A of odd has the scheme "odd"/,
    cause: /only a Bind/,
    cure: /Leave the scheme out/,
  },
  {
    says: 'a lifecycle on a Stack',
    plugins: [plugin('tun', { provides: [{ ...stack(journal).provides[0]!, lifecycle: { start: () => {} } }] })],
    what: /Stack of tun has a lifecycle/,
    cause: /never be called/,
    cure: /open and close/,
  },
  {
    says: 'two plugins of one name',
    plugins: [gadget(journal, 'metrics'), bind(journal, 'metrics')],
    what: /2 plugins are named metrics/,
    cause: /unique/,
    cure: /another name/,
  },
  {
    says: 'a plugin with the name of core',
    plugins: [gadget(journal, '@heddle/core')],
    what: /2 plugins are named @heddle\/core/,
    cause: /core itself/,
    cure: /another name/,
  },
  {
    says: 'a plugin of a newer contract',
    plugins: [{ ...bind(journal), contract: 2 }],
    what: /bind is too new/,
    cause: /contract 2 and this core speaks 1/,
    cure: /Update @heddle\/core/,
  },
  {
    says: 'a plugin of an older contract',
    plugins: [{ ...bind(journal), contract: 0 }],
    what: /bind is too old/,
    cause: /contract 0 and this core speaks 1/,
    cure: /Update the plugin to a version for contract 1/,
  },
  {
    says: 'a plugin without a contract version',
    plugins: [{ name: 'own', provides: [] }],
    what: /own has no contract version/,
    cause: /undefined/,
    cure: /definePlugin/,
  },
  {
    says: 'a contract version that is no whole number',
    plugins: [{ ...bind(journal), contract: 1.5 }],
    what: /no contract version/,
    cause: /1\.5/,
    cure: /definePlugin/,
  },
  {
    says: 'a circle of three',
    plugins: [
      plugin('a', { provides: [provide(A, [B], () => ({}))] }),
      plugin('b', { provides: [provide(B, [optional(C)], () => ({}))] }),
      plugin('c', { provides: [provide(C, [A], () => ({}))] }),
    ],
    what: /a → b → c → a/,
    cause: /@toy\/A needs @toy\/B, @toy\/B needs @toy\/C, @toy\/C needs @toy\/A/,
    cure: /service of its own/,
  },
  {
    says: 'a service that needs itself',
    plugins: [plugin('a', { provides: [provide(A, [A], () => ({}))] })],
    what: /a → a/,
    cause: /@toy\/A needs @toy\/A/,
    cure: /Take one need out/,
  },
  {
    says: 'a state store that needs the identity that is kept in it',
    plugins: [plugin('vault', { provides: [provide(Tokens.StateStore, [Tokens.Identity], () => ({}) as never)] })],
    what: /@heddle\/core → vault → @heddle\/core/,
    cause: /Identity needs @heddle\/core\/StateStore, @heddle\/core\/StateStore needs @heddle\/core\/Identity/,
    cure: /Take one need out/,
  },
  {
    says: 'flow interception over a Stack that has none',
    plugins: [
      plugin('funnel', {
        requires: [
          {
            capability: 'stack.intercept',
            because: 'it takes over connections from outside',
            cure: 'use netstack() in place of tun()',
          },
        ],
      }),
      { ...stack(journal, 'tun'), offers: ['stack.tcp', 'stack.udp'] },
    ],
    what: /funnel requires stack\.intercept/,
    cause: /takes over connections from outside; tun offers only stack\.tcp, stack\.udp/,
    cure: /Use netstack\(\)/,
  },
  {
    says: 'a capability of which nobody has heard',
    plugins: [plugin('tracer', { requires: [{ capability: 'ebpf.trace', because: 'it traces', cure: 'add ebpf()' }] })],
    what: /tracer requires ebpf\.trace/,
    cause: /no plugin offers any ebpf\.\*/,
    cure: /Add ebpf\(\)/,
  },
  {
    says: 'a token of many without all()',
    plugins: [bind(journal), needing('pcap', Tokens.Bind)],
    what: /pcap needs @heddle\/core\/Bind/,
    cause: /any number/,
    cure: /all\(@heddle\/core\/Bind\)/,
  },
  {
    says: 'optional() of a token of many',
    plugins: [bind(journal), needing('pcap', optional(Tokens.Bind))],
    what: /pcap needs @heddle\/core\/Bind/,
    cause: /any number/,
    cure: /all\(@heddle\/core\/Bind\)/,
  },
  {
    says: 'all() of a token of one',
    plugins: [stack(journal), needing('pcap', all(Tokens.Stack))],
    what: /pcap needs all\(@heddle\/core\/Stack\)/,
    cause: /at most/,
    cure: /optional\(@heddle\/core\/Stack\)/,
  },
  {
    says: 'a token that is one of many elsewhere',
    plugins: [gadget(journal), needing('odd', all(manyToken<object>(Gadget.name)))],
    what: /@toy\/Gadget is a token of one service and of many/,
    cause: /gadget and odd/,
    cure: /two versions of a package/,
  },
  {
    says: 'an identity of a plugin',
    plugins: [plugin('id', { provides: [provide(Tokens.Identity, [], () => ({}) as never)] })],
    what: /id provides @heddle\/core\/Identity/,
    cause: /core makes this service/,
    cure: /StateStore.*createNode\(\{ state \}\)/,
  },
  {
    says: 'limits of a plugin',
    plugins: [plugin('tight', { provides: [provide(Tokens.Limits, [], () => ({}) as never)] })],
    what: /tight provides @heddle\/core\/Limits/,
    cause: /core makes/,
    cure: /createNode\(\{ limits \}\)/,
  },
  {
    says: 'flows of a plugin',
    plugins: [plugin('own', { provides: [provide(Tokens.Flows, [], () => ({}))] })],
    what: /own provides @heddle\/core\/Flows/,
    cause: /core makes/,
    cure: /token of the plugin/,
  },
  {
    says: 'a packet pool of a plugin',
    plugins: [plugin('own', { provides: [provide(Tokens.Pool, [], () => ({}) as never)] })],
    what: /own provides @heddle\/core\/Pool/,
    cause: /core makes/,
    cure: /token of the plugin/,
  },
  {
    says: 'a promise',
    plugins: [Promise.resolve(bind(journal))],
    what: /plugin 1 of the list is a promise/,
    cause: /plain values/,
    cure: /Await it/,
  },
  {
    says: 'a list in the list',
    plugins: [[bind(journal)]],
    what: /plugin 1 of the list is a list/,
    cause: /not nested/,
    cure: /Spread it/,
  },
  {
    says: 'a factory that was not called',
    plugins: [function udp() {}],
    what: /plugin 1 of the list is a function/,
    cause: /factory udp was passed and not called/,
    cure: /Call it: udp\(\)/,
  },
  {
    says: 'a condition in the list that came out false',
    plugins: [bind(journal), false],
    what: /plugin 2 of the list is false/,
    cause: /definePlugin/,
    cure: /Leave it out/,
  },
  {
    says: 'nothing in the list',
    plugins: [undefined],
    what: /plugin 1 of the list is undefined/,
    cause: /definePlugin/,
    cure: /Leave it out/,
  },
  {
    says: 'a plugin without a name',
    plugins: [{ contract: 1, name: '', provides: [] }],
    what: /plugin 1 of the list has no name/,
    cause: /an empty text/,
    cure: /name of its package/,
  },
  {
    says: 'services that are no list',
    plugins: [{ contract: 1, name: 'own', provides: provide(A, [], () => ({})) }],
    what: /own has no list of services/,
    cause: /provides is a object/,
    cure: /provides: \[/,
  },
  {
    says: 'a service that is nothing',
    plugins: [{ contract: 1, name: 'own', provides: [undefined] }],
    what: /service 1 of own is undefined/,
    cause: /not what provide returns/,
    cure: /provide\(token, needs, create\)/,
  },
  {
    says: 'a service without a token',
    plugins: [plugin('own', { provides: [{ needs: [], create: () => ({}), lifecycle: {} } as never] })],
    what: /service 1 of own has no token/,
    cause: /undefined/,
    cure: /imports that go in a circle/,
  },
  {
    says: 'a service without a factory',
    plugins: [plugin('own', { provides: [{ token: A, needs: [], lifecycle: {} } as never] })],
    what: /service 1 of own has no factory/,
    cause: /create is undefined/,
    cure: /provide\(/,
  },
  {
    says: 'a need that is nothing, as a circle of imports makes it',
    plugins: [plugin('own', { provides: [{ ...provide(A, [], () => ({})), needs: [undefined as never] }] })],
    what: /need 1 of service 1 of own is not a token/,
    cause: /undefined/,
    cure: /imports that go in a circle/,
  },
  {
    says: 'one value twice',
    plugins: [twice, twice],
    what: /the plugin twice is in the list twice/,
    cause: /same value/,
    cure: /Take one out/,
  },
  {
    says: 'a deadline that is no time',
    plugins: [{ ...bind(journal), deadline: -1 }],
    what: /deadline of bind/,
    cause: /-1/,
    cure: /milliseconds above 0/,
  },
  {
    says: 'offers that are no list',
    plugins: [{ ...bind(journal), offers: 'bind.fast' }],
    what: /offers of bind/,
    cause: /a text/,
    cure: /offers: \[/,
  },
  {
    says: 'a requirement without a reason',
    plugins: [{ ...bind(journal), requires: [{ capability: 'stack.tcp' }] }],
    what: /requirements of bind are malformed/,
    cause: /because/,
    cure: /requires: \[/,
  },
  {
    says: 'a drop reason that core has',
    plugins: [{ ...bind(journal), drops: { 'pool-empty': 'no memory' } }],
    what: /bind declares the drop reason "pool-empty"/,
    cause: /core counts/,
    cure: /another name/,
  },
  {
    says: 'a drop reason that cannot be a counter',
    plugins: [{ ...bind(journal), drops: { 'Ring Full!': 'x' } }],
    what: /drop reason "Ring Full!"/,
    cause: /kebab-case/,
    cure: /Rename/,
  },
  {
    says: 'an error code that core has',
    plugins: [{ ...bind(journal), errors: { HEDDLE_START_FAILED: { says: 'a', cure: 'b' } } }],
    what: /bind declares the error code HEDDLE_START_FAILED/,
    cause: /core has it/,
    cure: /another one/,
  },
  {
    says: 'an error code of two plugins',
    plugins: [
      { ...bind(journal, 'one'), errors: { HEDDLE_UDP_X: { says: 'a', cure: 'b' } } },
      { ...bind(journal, 'two'), errors: { HEDDLE_UDP_X: { says: 'c', cure: 'd' } } },
    ],
    what: /error code HEDDLE_UDP_X is declared twice/,
    cause: /one and two/,
    cure: /Rename one/,
  },
  {
    says: 'an error code that is written as a sentence',
    plugins: [{ ...bind(journal), errors: { 'it broke': { says: 'a', cure: 'b' } } }],
    what: /error code "it broke"/,
    cause: /capitals/,
    cure: /Rename/,
  },
  {
    says: 'a limit that does not exist',
    plugins: [bind(journal)],
    options: { limits: { startDeadlin: 5 } },
    what: /no limit startDeadlin/,
    cause: /options\.limits/,
    cure: /startDeadline/,
  },
  {
    says: 'a limit that is no number',
    plugins: [bind(journal)],
    options: { limits: { peers: 0 } },
    what: /limit peers is 0/,
    cause: /options\.limits/,
    cure: /above 0/,
  },
  {
    says: 'a clock that cannot tell the time',
    plugins: [bind(journal)],
    options: { clock: { now: () => 0 } },
    what: /options\.clock cannot be used/,
    cause: /no wall, at/,
    cure: /leave it out/,
  },
  {
    says: 'no options',
    plugins: [bind(journal)],
    options: null,
    what: /options are not an object/,
    cause: /null/,
    cure: /createNode\(\{\}/,
  },
  {
    says: 'a hole in the list',
    // biome-ignore lint/suspicious/noSparseArray: a comma too many is the fault
    plugins: [, bind(journal)],
    what: /plugin 1 of the list is undefined/,
    cause: /definePlugin/,
    cure: /Leave it out/,
  },
  {
    says: 'a name of two lines',
    plugins: [{ ...bind(journal), name: 'two\nlines' }],
    what: /the name "two\\nlines" of plugin 1/,
    cause: /line break/,
    cure: /name of its package/,
  },
  {
    says: 'a deadline that is a text',
    plugins: [{ ...bind(journal), deadline: '5000' }],
    what: /deadline of bind/,
    cause: /5000/,
    cure: /milliseconds/,
  },
  {
    says: 'a deadline that cannot be compared',
    plugins: [{ ...bind(journal), deadline: Symbol('soon') }],
    what: /deadline of bind/,
    cause: /Symbol\(soon\)/,
    cure: /milliseconds/,
  },
  {
    says: 'a scheme that is no text',
    plugins: [plugin('own', { provides: [{ ...bind(journal).provides[0]!, scheme: Symbol('udp') as never }] })],
    what: /the scheme of service 1 of own is not a text/,
    cause: /a symbol/,
    cure: /provideBind/,
  },
  {
    says: 'a lifecycle that cannot be called',
    plugins: [plugin('own', { provides: [{ ...provide(A, [], () => ({})), lifecycle: { start: 'now' as never } }] })],
    what: /lifecycle of service 1 of own/,
    cause: /start is a text/,
    cure: /functions/,
  },
  {
    says: 'drop reasons that are a list',
    plugins: [{ ...bind(journal), drops: ['ring-full'] }],
    what: /drop reasons of bind are malformed/,
    cause: /a list/,
    cure: /drops: \{/,
  },
  {
    says: 'an error code without a cure',
    plugins: [{ ...bind(journal), errors: { ACME_BUSY: { says: 'it is busy' } } }],
    what: /error codes of bind are malformed/,
    cause: /an entry/,
    cure: /says: '…', cure: '…'/,
  },
  {
    says: 'a requirement of empty texts',
    plugins: [{ ...bind(journal), requires: [{ capability: '', because: '', cure: '' }] }],
    what: /requirements of bind are malformed/,
    cause: /because/,
    cure: /requires: \[/,
  },
  {
    says: 'a host that answers later',
    plugins: [needing('own', optional(A))],
    options: { host: { get: (wanted: { id: symbol }) => (wanted.id === A.id ? Promise.resolve({}) : undefined) } },
    what: /did not say whether it has @toy\/A/,
    cause: /returned a promise/,
    cure: /Await/,
  },
  {
    says: 'a host that throws over what core asks it for',
    plugins: [bind(journal)],
    options: {
      host: {
        get: () => {
          throw new Error('No matching bindings');
        },
      },
    },
    what: /did not say whether it has @heddle\/core\/Clock, .*@heddle\/core\/StateStore/,
    cause: /No matching bindings/,
    cure: /optional: true/,
  },
  {
    says: 'a host that throws over what it does not have',
    plugins: [needing('own', optional(A))],
    options: {
      host: {
        get: () => {
          throw new Error('No matching bindings');
        },
      },
    },
    what: /did not say whether it has @toy\/A/,
    cause: /No matching bindings/,
    cure: /optional: true/,
  },
];

describe('a composition is refused with one error that names cause and cure:', () => {
  for (const { says, plugins, options, what, cause, cure } of CASES)
    test(says, () => {
      const found = problems(plugins, options);
      expect(found).toHaveLength(1);
      expect(found[0]!.what).toMatch(what);
      expect(found[0]!.cause).toMatch(cause);
      expect(found[0]!.cure).toMatch(cure);
    });
});

test('nothing that stands in the list twice is not taken for one plugin', () => {
  expect(problems([null, null]).map(({ what }) => what)).toEqual(['plugin 1 of the list is null', 'plugin 2 of the list is null']);
});

test('what cannot be read is told at each of its places', () => {
  const gone = revoked();
  expect(problems([gone, shy, gone]).map(({ what }) => what)).toEqual(
    [1, 2, 3].map((place) => `plugin ${place} of the list cannot be read`),
  );
});

test('one error lists everything that is wrong, numbered', () => {
  const wrong = [stack(journal, 'netstack'), stack(journal, 'tun'), toy(journal), { ...bind(journal), contract: 9 }, undefined];
  const found = problems(wrong);
  expect(found.map((problem) => problem.what)).toEqual([
    'bind is too new',
    'plugin 5 of the list is undefined',
    '2 services claim @heddle/core/Stack',
    'nobody provides @toy/Gadget',
  ]);
  expect(() => createNode({}, wrong as Plugin[])).toThrow(
    /4 problems:\n {2}1\. bind is too new.*\n {2}2\. plugin 5.*\n {2}3\. 2 services.*\n {2}4\. nobody/,
  );
});

test('who needs the same missing service is named together', () => {
  const [problem] = problems([needing('a', Gadget), needing('b', Gadget)]);
  expect(problem!.cause).toBe('a and b need it');
});

test('a plugin that is half malformed is still checked for the rest', () => {
  const half = plugin('half', { provides: [undefined as never, provide(Toy, [Gadget], () => ({ name: 'x' }))] });
  expect(problems([half]).map((problem) => problem.what)).toEqual(['service 1 of half is undefined', 'nobody provides @toy/Gadget']);
});

test('a node needs neither Bind, Stack nor Control where nobody asks for one', () => {
  expect(() => createNode({}, [gadget(journal)])).not.toThrow();
});

test('a plugin may provide the clock, the state store and the logger in the place of core', () => {
  const own = [Tokens.Clock, Tokens.StateStore, Tokens.Logger, Tokens.Random, Tokens.Crypto].map((wanted) =>
    provide(wanted as typeof A, [], () => ({})),
  );
  expect(() => createNode({}, [plugin('own', { provides: own })])).not.toThrow();
});

test('plugins of one package may share a table of errors', () => {
  const errors = { HEDDLE_UDP_X: { says: 'a', cure: 'b' } };
  expect(() =>
    createNode({}, [
      { ...bind(journal, 'one'), errors },
      { ...bind(journal, 'two'), errors },
    ]),
  ).not.toThrow();
});

test('two Binds of one plugin with different schemes are fine', () => {
  const both = plugin('both', { provides: [provideBind('a', [], () => ({}) as never), provideBind('b', [], () => ({}) as never)] });
  expect(() => createNode({}, [both, plugin('s', { provides: [provideStack([all(Tokens.Bind)], () => ({}) as never)] })])).not.toThrow();
});
