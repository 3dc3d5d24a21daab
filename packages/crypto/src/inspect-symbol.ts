/** Node's util.inspect (and so console.log) calls a method of this name; elsewhere it is never called. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as typeof inspect;
