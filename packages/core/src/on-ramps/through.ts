import type { Plugin, Provision } from '../composition/plugin.js';
import { Tokens } from '../composition/tokens.js';
import type { Bind } from '../contracts/bind.js';
import type { Stack } from '../contracts/stack.js';

/** Something that can be put around a Bind, a Stack, or either. */
export interface Middleware {
  readonly bind?: (inner: Bind) => Bind;
  readonly stack?: (inner: Stack) => Stack;
}

/** The plugin with middleware around its Binds and Stacks; the first one named is nearest to core. */
export function through(plugin: Plugin, ...middleware: readonly Middleware[]): Plugin {
  return { ...plugin, provides: plugin.provides.map((provision) => wrapped(provision, middleware)) };
}

function wrapped(provision: Provision, middleware: readonly Middleware[]): Provision {
  const kind = provision.token.id === Tokens.Bind.id ? 'bind' : provision.token.id === Tokens.Stack.id ? 'stack' : undefined;
  if (kind === undefined) return provision;
  const around = middleware.map((each) => each[kind] as ((inner: unknown) => unknown) | undefined).reverse();
  const create = (...given: never[]): unknown => around.reduce((inner, wrap) => wrap?.(inner) ?? inner, provision.create(...given));
  return { ...provision, create };
}
