/** Compositions that the compiler refuses. Nothing here runs: `tsc` fails when a line is wrongly taken, or wrongly refused. */
import {
  all,
  type Bind,
  type Clock,
  createNode,
  definePlugin,
  type HeddleNode,
  optional,
  provide,
  provideBind,
  provideControl,
  provideStack,
  type Stack,
  Tokens,
  token,
} from '@heddle/core';

interface Greeter {
  greet(): string;
}
const Hello = token<Greeter>('@toy/Hello');
const Name = token<string>('@toy/Name');
declare const bind: Bind;
declare const stack: Stack;
declare const node: HeddleNode;

export const fine = definePlugin({
  name: '@toy/fine',
  provides: [
    provide(Hello, [Name, optional(Tokens.Clock), all(Tokens.Bind)], (name, clock, binds) => ({
      greet: () => `${name.toUpperCase()} ${clock?.now().toFixed()} ${binds.length}`,
    })),
    provideBind('toy', [Tokens.Clock], (_clock: Clock) => bind),
  ],
});

export const refused = [
  // @ts-expect-error 1: a factory whose result is not what the token promises
  provide(Hello, [Name], (name) => ({ great: () => name })),
  // @ts-expect-error 2: a factory that returns a promise of the service
  provide(Hello, [], async () => ({ greet: () => 'late' })),
  // @ts-expect-error 3: a parameter of another type than the need
  provide(Hello, [Name], (name: number) => ({ greet: () => name.toFixed() })),
  // @ts-expect-error 4: more parameters than needs
  provide(Hello, [Name], (name, extra) => ({ greet: () => `${name}${extra}` })),
  // @ts-expect-error 5: an optional service used as if it were there
  provide(Hello, [optional(Name)], (name) => ({ greet: () => name.toUpperCase() })),
  // @ts-expect-error 6: all of a token used as if it were one
  provide(Hello, [all(Tokens.Bind)], (binds) => ({ greet: () => binds.scheme })),
  // @ts-expect-error 7: a need that is a class or a text and no token
  provide(Hello, ['@toy/Name'], (name) => ({ greet: () => String(name) })),
  // @ts-expect-error 8: a Stack in the place of a Bind
  provideBind('toy', [], () => stack),
  // @ts-expect-error 9: a Bind without its scheme
  provideBind([], () => bind),
  // @ts-expect-error 10: a Bind in the place of a Control
  provideControl([], () => bind),
  // @ts-expect-error 11: a Bind that forgot to say where it may be reached
  provideBind('toy', [], () => ({ ...bind, localEndpoints$: undefined })),
  // @ts-expect-error 12: a lifecycle for another service
  provide(Hello, [], () => ({ greet: () => 'hi' }), { start: (service: Stack) => service.close() }),
  // @ts-expect-error 13: a plugin without a name
  definePlugin({ provides: [] }),
  // @ts-expect-error 14: services that are no list
  definePlugin({ name: '@toy/x', provides: provideStack([], () => stack) }),
  // @ts-expect-error 15: a requirement that does not say why
  definePlugin({ name: '@toy/x', provides: [], requires: [{ capability: 'stack.tcp', cure: 'add netstack()' }] }),
  // @ts-expect-error 16: a factory that was not called
  createNode({}, [() => fine]),
  // @ts-expect-error 17: a promise of a plugin
  createNode({}, [Promise.resolve(fine)]),
  // @ts-expect-error 18: a limit that does not exist
  createNode({ limits: { startDeadlin: 5 } }, [fine]),
  // @ts-expect-error 19: a service taken for another one
  node.get(Hello).great(),
];
