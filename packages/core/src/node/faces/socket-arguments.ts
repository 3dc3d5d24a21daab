import type { Target } from './dialer.js';
import { checkedPort, misuse } from './socket-errors.js';
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

export function connectArguments(given: ConnectArguments): {
  readonly target: Target & StreamSettings;
  readonly ready: (() => void) | undefined;
} {
  const [first, second, third] = given as readonly unknown[];
  const ready = [second, third].find((argument) => typeof argument === 'function') as (() => void) | undefined;
  const host = typeof second === 'string' ? second : undefined;
  const options = typeof first === 'object' && first !== null ? (first as ConnectOptions) : { port: first as number, host };
  return { target: targetOf(options), ready };
}

function targetOf(options: ConnectOptions): Target & StreamSettings {
  if ((options as { readonly path?: unknown }).path !== undefined)
    throw misuse(
      'ERR_INVALID_ARG_VALUE',
      'a path names a socket of the machine; over a tailnet give host and port',
      TypeError as ErrorConstructor,
    );
  if (options.port === undefined)
    throw misuse('ERR_MISSING_ARGS', 'The "options" or "port" or "path" argument must be specified', TypeError as ErrorConstructor);
  return { ...options, host: options.host ?? 'localhost', port: checkedPort(options.port, 'Port') };
}
