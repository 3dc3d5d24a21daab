/** Node's util.inspect, and so console.log, calls a method of this name; elsewhere nobody does. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Makes util.inspect show instances as their toString() does. (A method with a computed name has no declaration under isolatedDeclarations.) */
export function inspectAsText(prototype: { toString(): string }): void {
  const value = function (this: { toString(): string }): string {
    return this.toString();
  };
  Object.defineProperty(prototype, INSPECT, { value });
}
