declare const type: unique symbol;

/** A typed name of a service. Two copies of a package mean the same token, because the id is a registered symbol. */
export interface Token<T> {
  readonly id: symbol;
  readonly name: string;
  /** Many plugins may provide it; needed with `all(token)`. */
  readonly many: boolean;
  readonly [type]?: T;
}

export interface Optional<T> {
  readonly optional: Token<T>;
}
export interface All<T> {
  readonly all: Token<T>;
}
export type Need = Token<unknown> | Optional<unknown> | All<unknown>;

/** What a factory is given for a need. */
export type Given<N> =
  N extends Optional<infer T> ? T | undefined : N extends All<infer T> ? readonly T[] : N extends Token<infer T> ? T : never;
export type GivenAll<N extends readonly Need[]> = { [K in keyof N]: Given<N[K]> };

/** A token that one plugin of a node provides. Name it with the package: `token<Metrics>('@heddle/metrics/Metrics')`. */
export function token<T>(name: string): Token<T> {
  return { id: Symbol.for(name), name, many: false };
}
/** A token that any number of plugins provide. */
export function manyToken<T>(name: string): Token<T> {
  return { id: Symbol.for(name), name, many: true };
}
/** The service, or undefined where nobody provides it. */
export function optional<T>(wanted: Token<T>): Optional<T> {
  return { optional: wanted };
}
/** Everything that is provided under a token, in the order of the plugins. */
export function all<T>(wanted: Token<T>): All<T> {
  return { all: wanted };
}

export function tokenOf(need: Need): Token<unknown> {
  if ('optional' in need) return need.optional;
  return 'all' in need ? need.all : need;
}
