import type { Observable } from 'rxjs';
import type { Bind } from '../contracts/bind.js';
import type { Control } from '../contracts/control.js';
import type { PathSelector } from '../contracts/path-selector.js';
import type { Stack } from '../contracts/stack.js';
import type { Health } from '../contracts/surroundings.js';
import type { ErrorEntry } from '../errors/codes.js';
import type { GivenAll, Need, Token } from './token.js';
import { Tokens } from './tokens.js';

/** How a service lives. Binds, Stacks and Controls have open and close of their own and need none of this. */
export interface Lifecycle<T> {
  /** Runs after everything that the service needs has started. Resolves when it is at work; stops when the signal aborts. */
  start?(service: T, signal: AbortSignal): Promise<void> | void;
  /** Runs before what it needs stops; also after a failed start. */
  stop?(service: T): Promise<void> | void;
  /** How it is doing, shown as the health of the plugin while the service runs. Replays the latest value. */
  health?(service: T): Observable<Health> | undefined;
}

/** One service of a plugin. */
export interface Provision {
  readonly token: Token<unknown>;
  readonly needs: readonly Need[];
  readonly create: (...given: never[]) => unknown;
  readonly lifecycle: Lifecycle<never>;
  /** Of a Bind: known before it is built, so that a clash is found before anything starts. */
  readonly scheme?: string;
}

/** Says that some plugin of the node must offer a capability, why, and what to do if none does. */
export interface Requirement {
  readonly capability: string;
  readonly because: string;
  readonly cure: string;
}

/** A part of a node, as a value. */
export interface Plugin {
  /** Its package name; unique in a node. */
  readonly name: string;
  /** The version of core's contracts that it was written for. */
  readonly contract: number;
  readonly provides: readonly Provision[];
  /** What its parts can do, such as `stack.intercept`. */
  readonly offers?: readonly string[];
  readonly requires?: readonly Requirement[];
  /** Its own drop reasons, counted as `name/reason`: what each means. */
  readonly drops?: Readonly<Record<string, string>>;
  /** Its own error codes. */
  readonly errors?: Readonly<Record<string, ErrorEntry>>;
  /** Milliseconds that each of its services may take to start, and to stop. Default: the limits of the node. */
  readonly deadline?: number;
}

/** The plugin contract that this core speaks; a plugin of another one is refused. */
export const CONTRACT = 1;

/** Gives a plugin its type. Makes nothing, starts nothing. */
export function definePlugin(plugin: Omit<Plugin, 'contract'> & { readonly contract?: number }): Plugin {
  return { contract: CONTRACT, ...plugin };
}

/** A service under a token, made from the services it needs. The factory does no I/O. */
export function provide<T, const N extends readonly Need[]>(
  token: Token<T>,
  needs: N,
  create: (...given: GivenAll<N>) => NoInfer<T>,
  lifecycle: Lifecycle<NoInfer<T>> = {},
): Provision {
  return { token, needs, create: create as Provision['create'], lifecycle: lifecycle as Lifecycle<never> };
}

/** A Bind for remotes of one scheme. */
export function provideBind<const N extends readonly Need[]>(scheme: string, needs: N, create: (...given: GivenAll<N>) => Bind): Provision {
  return { ...provide(Tokens.Bind, needs, create), scheme };
}
export function provideStack<const N extends readonly Need[]>(needs: N, create: (...given: GivenAll<N>) => Stack): Provision {
  return provide(Tokens.Stack, needs, create);
}
export function provideControl<const N extends readonly Need[]>(needs: N, create: (...given: GivenAll<N>) => Control): Provision {
  return provide(Tokens.Control, needs, create);
}
export function providePathSelector<const N extends readonly Need[]>(needs: N, create: (...given: GivenAll<N>) => PathSelector): Provision {
  return provide(Tokens.PathSelector, needs, create);
}
