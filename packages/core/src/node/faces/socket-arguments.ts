import { isIP } from 'node:net';
import { checkedPort, checkFunction, checkNumber, outOfRange, wrongAddress, wrongType, wrongValue } from './argument-checks.js';
import type { Target } from './dialer.js';
import { misuse } from './socket-errors.js';
import type { StreamSettings } from './socket-settings.js';

/** As net.connect takes them. */
export interface ConnectOptions extends StreamSettings {
  readonly port: number | string;
  /** A name of the tailnet, or an IP address. Default `localhost`, as in Node: this node itself has that name nowhere, so say it. */
  readonly host?: string | undefined;
  readonly family?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly lookup?: Target['lookup'];
  /** False: of several addresses only the first is tried. */
  readonly autoSelectFamily?: boolean | undefined;
  readonly autoSelectFamilyAttemptTimeout?: number | undefined;
}

/** As the constructor of net.Socket takes them. */
export interface SocketOptions extends StreamSettings {
  /** Default false: when the other side has finished, so does this one. */
  readonly allowHalfOpen?: boolean | undefined;
  readonly highWaterMark?: number | undefined;
  /** Ends the socket, at any time of its life. */
  readonly signal?: AbortSignal | undefined;
  /** As a call of setTimeout. */
  readonly timeout?: number | undefined;
}

/** `(options, ready?)`, `(port, host?, ready?)`. */
export type ConnectArguments =
  | readonly [options: ConnectOptions, ready?: (() => void) | undefined]
  | readonly [port: number, ready?: (() => void) | undefined]
  | readonly [port: number, host: string, ready?: (() => void) | undefined];

const BYTES_ONLY = ['objectMode', 'readableObjectMode', 'writableObjectMode'] as const;
/** What of the options is for the stream, most of the time nothing. */
const OF_STREAM = [
  'highWaterMark',
  'readableHighWaterMark',
  'writableHighWaterMark',
  'encoding',
  'defaultEncoding',
  'decodeStrings',
  'readable',
  'writable',
  'captureRejections',
] as const;
/** What Node makes of a shorter time between two attempts. */
const SHORTEST_ATTEMPT = 10;
const LONGEST_ATTEMPT = 2 ** 31 - 1;

/** Throws what new net.Socket throws, and returns what its Duplex is told. The signal and the timeout are not the stream's affair. */
export function streamOptions(options: SocketOptions): object {
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of BYTES_ONLY) if (given[name]) throw wrongValue(`options.${name}`, given[name], 'is not supported');
  if (options.keepAliveInitialDelay !== undefined) checkNumber('options.keepAliveInitialDelay', options.keepAliveInitialDelay);
  // Duplex looks for some twenty options: in an object of few, always of the same shape, that costs a tenth of opening a connection less.
  const taken: Record<string, unknown> = { allowHalfOpen: Boolean(options.allowHalfOpen), emitClose: false };
  for (const name of OF_STREAM) if (given[name] !== undefined) taken[name] = given[name];
  return taken;
}

export function connectArguments(given: ConnectArguments): {
  readonly target: Target & StreamSettings;
  readonly ready: (() => void) | undefined;
} {
  const [first, second, third] = given as readonly unknown[];
  const ready = [second, third].find((argument) => typeof argument === 'function') as (() => void) | undefined;
  const host = typeof second === 'string' ? second : undefined;
  const options =
    typeof first === 'object' && first !== null
      ? (first as ConnectOptions)
      : isPath(first)
        ? ({ path: first } as never)
        : { port: first as number, host };
  return { target: targetOf(options), ready };
}

function targetOf(options: ConnectOptions): Target & StreamSettings {
  if ((options as { readonly path?: unknown }).path)
    throw misuse(
      'ERR_INVALID_ARG_VALUE',
      'a path names a socket of the machine; over a tailnet give host and port',
      TypeError as ErrorConstructor,
    );
  if (options.port === undefined)
    throw misuse('ERR_MISSING_ARGS', 'The "options" or "port" or "path" argument must be specified', TypeError as ErrorConstructor);
  checkFrom(options);
  if (typeof options.port !== 'number' && typeof options.port !== 'string')
    throw wrongType('options.port', 'one of type number or string', options.port);
  const port = checkedPort(options.port, 'Port');
  const autoSelectFamilyAttemptTimeout = attemptTimeout(options);
  const host = options.host || 'localhost';
  if (isIP(host) === 0 && options.lookup !== undefined && options.lookup !== null) checkFunction('options.lookup', options.lookup);
  return { ...options, host, port, family: familyNumber(options.family), autoSelectFamilyAttemptTimeout };
}

/** Text that is no number, where a port could be, is the path of a socket. */
function isPath(port: unknown): boolean {
  return typeof port === 'string' && !(Number(port) >= 0) && port.trim() !== '';
}

function checkFrom({ localAddress, localPort }: ConnectOptions): void {
  if (localAddress && isIP(localAddress) === 0) throw wrongAddress(localAddress);
  if (localPort) checkNumber('options.localPort', localPort);
}

function attemptTimeout(options: ConnectOptions): number | undefined {
  const { autoSelectFamily } = options;
  if (autoSelectFamily !== undefined && autoSelectFamily !== null && typeof autoSelectFamily !== 'boolean')
    throw wrongType('options.autoSelectFamily', 'of type boolean', autoSelectFamily);
  const timeout = options.autoSelectFamilyAttemptTimeout;
  if (timeout === undefined || timeout === null) return undefined;
  const name = 'options.autoSelectFamilyAttemptTimeout';
  checkNumber(name, timeout);
  if (!Number.isInteger(timeout)) throw outOfRange(name, 'an integer', timeout);
  if (timeout < 1 || timeout > LONGEST_ATTEMPT) throw outOfRange(name, `>= 1 && <= ${LONGEST_ATTEMPT}`, timeout);
  return Math.max(SHORTEST_ATTEMPT, timeout);
}

function familyNumber(family: unknown): number | undefined {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : (family as number | undefined);
}
