import { format, inspect } from 'node:util';
import { misuse } from './socket-errors.js';

/** The words of Node for an argument or an option that is of another kind. `kind` is as Node says it: `of type number`, `an instance of AbortSignal`. */
export function wrongType(name: string, kind: string, value: unknown): NodeJS.ErrnoException {
  const text = `The "${name}" ${placeOf(name)} must be ${kind}. Received ${received(value)}`;
  return misuse('ERR_INVALID_ARG_TYPE', text, TypeError as ErrorConstructor);
}

export function wrongValue(name: string, value: unknown, reason = 'is invalid'): NodeJS.ErrnoException {
  const text = `The ${placeOf(name)} '${name}' ${reason}. Received ${inspect(value)}`;
  return misuse('ERR_INVALID_ARG_VALUE', text, TypeError as ErrorConstructor);
}

export function outOfRange(name: string, range: string, value: unknown): NodeJS.ErrnoException {
  const text = `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`;
  return misuse('ERR_OUT_OF_RANGE', text, RangeError as ErrorConstructor);
}

/** A mistake in an address that is not one. */
export function wrongAddress(address: unknown): NodeJS.ErrnoException {
  return misuse('ERR_INVALID_IP_ADDRESS', format('Invalid IP address: %s', address), TypeError as ErrorConstructor);
}

export function checkNumber(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'of type number', value);
}

export function checkString(name: string, value: unknown): void {
  if (typeof value !== 'string') throw wrongType(name, 'of type string', value);
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(name, 'of type function', value);
}

/** Undefined is no signal, which is allowed. */
export function checkSignal(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'object' && value !== null && 'aborted' in value)) return;
  throw wrongType(name, 'an instance of AbortSignal', value);
}

/** The port, or the error that Node throws for what is none. */
export function checkedPort(port: unknown, name: string, atLeast: 0 | 1 = 0): number {
  const number = typeof port === 'number' || (typeof port === 'string' && port.trim() !== '') ? Number(port) : Number.NaN;
  const isPort = Number.isInteger(number) && number >= 0 && number < 65_536 && !(port === 0 && atLeast === 1);
  if (isPort) return number;
  const text = `${name} should be ${atLeast === 1 ? '>' : '>='} 0 and < 65536. Received ${received(port)}.`;
  throw misuse('ERR_SOCKET_BAD_PORT', text, RangeError as ErrorConstructor);
}

/** As Node's timers: more than 31 bits is as long as they can. */
export function checkedTimeout(milliseconds: number): number {
  checkNumber('msecs', milliseconds);
  if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) throw outOfRange('msecs', 'a non-negative finite number', milliseconds);
  return Math.min(milliseconds, 2 ** 31 - 1);
}

/** What was given instead, as Node's messages end. */
function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object')
    return value.constructor?.name ? `an instance of ${value.constructor.name}` : inspect(value, { depth: -1 });
  const text = inspect(value, { colors: false });
  return `type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`;
}

function placeOf(name: string): 'property' | 'argument' {
  return name.includes('.') ? 'property' : 'argument';
}
