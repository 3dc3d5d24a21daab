import { checkedPort, checkSignal, checkString, wrongValue } from './argument-checks.js';
import { misuse } from './socket-errors.js';

/** As net.Server.listen takes them. */
export interface ListenOptions {
  /** Default 0: any. */
  readonly port?: number | string | undefined;
  /** An address of this node. Default: all of them. */
  readonly host?: string | undefined;
  readonly backlog?: number | undefined;
  /** Closes the server. */
  readonly signal?: AbortSignal | undefined;
}

/** `(options, listening?)`, `(port?, host?, backlog?, listening?)`. */
export type ListenArguments =
  | readonly [options: ListenOptions, listening?: (() => void) | undefined]
  | readonly [port?: number | undefined, listening?: (() => void) | undefined]
  | readonly [port: number | undefined, host: string | number | undefined, listening?: (() => void) | undefined]
  | readonly [port: number | undefined, host: string | undefined, backlog: number | undefined, listening?: (() => void) | undefined]
  | readonly [listening: () => void];

export interface ListenAt {
  readonly at: { readonly address?: string; readonly port: number; readonly backlog?: number };
  readonly signal: AbortSignal | undefined;
  readonly listening: (() => void) | undefined;
}

export function listenArguments(given: ListenArguments): ListenAt {
  const values = given as readonly unknown[];
  const listening = values.find((value) => typeof value === 'function') as (() => void) | undefined;
  const [first, ...rest] = values.filter((value) => typeof value !== 'function');
  const options = typeof first === 'object' && first !== null ? (first as ListenOptions) : positional(first, rest);
  const { host, backlog, signal } = options;
  checkSignal('options.signal', signal);
  const port = checkedPort(portOf(options), 'options.port');
  if (host) checkString('hostname', host);
  const at = { port, ...(host ? { address: host } : {}), ...(backlog ? { backlog } : {}) };
  return { at, signal, listening };
}

/** As in Node, except that no port at all is any port, too. */
function portOf(options: ListenOptions): unknown {
  const { port, path } = options as { readonly port?: unknown; readonly path?: unknown };
  if (typeof port === 'number' || typeof port === 'string') return port;
  if (port === null || ('port' in options && port === undefined)) return 0;
  if (path)
    throw misuse(
      'ERR_INVALID_ARG_VALUE',
      'a path names a socket of the machine; over a tailnet give a port',
      TypeError as ErrorConstructor,
    );
  if ('port' in options || 'path' in options) throw wrongValue('options', options);
  return 0;
}

function positional(first: unknown, rest: readonly unknown[]): ListenOptions {
  if (typeof first === 'string' && !(Number(first) >= 0)) return { path: first } as ListenOptions;
  return {
    port: first as number | undefined,
    host: rest.find((value) => typeof value === 'string') as string | undefined,
    backlog: rest.find((value) => typeof value === 'number') as number | undefined,
  };
}
