import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { FlowError } from '../../contracts/flows.js';
import { HeddleError } from '../../errors/heddle-error.js';

/** How Node spells what ends a flow. */
const CODES: Readonly<Record<FlowError, string>> = {
  refused: 'ECONNREFUSED',
  reset: 'ECONNRESET',
  timeout: 'ETIMEDOUT',
  unreachable: 'EHOSTUNREACH',
  aborted: 'ECONNABORTED',
};

/** getaddrinfo's own number for a name that does not exist. */
const NOT_FOUND = -3008;

/** Where something failed. */
export interface Failing {
  readonly syscall: string;
  readonly code: string;
  readonly address?: string | undefined;
  /** 0: none was named. */
  readonly port?: number | undefined;
  /** The end that the caller chose, for the message. */
  readonly local?: string | undefined;
}

/** An error with the fields and the message that Node gives to a failed call of the system. */
export function systemError({ syscall, code, address, port, local }: Failing): NodeJS.ErrnoException {
  const where = address === undefined ? '' : ` ${address}${port ? `:${port}` : ''}`;
  const errno = errnoOf(code);
  const error = new Error(
    `${syscall} ${code}${syscall === 'listen' ? `: ${textOf(errno)}` : ''}${where}${local === undefined ? '' : ` - Local (${local})`}`,
  );
  return Object.assign(error, { errno, code, syscall }, address === undefined ? {} : { address }, port ? { port } : {});
}

/** As systemError, for what a flow says that ended it. */
export function flowEnded(end: FlowError, syscall: 'read' | 'write'): NodeJS.ErrnoException {
  return systemError({ syscall, code: CODES[end] });
}

/** What a write hears that was not done when its socket was destroyed. */
export function closedEarly(connecting: boolean): Error {
  return connecting
    ? misuse('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'Socket closed before the connection was established')
    : misuse('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
}

/** What a call of the flow layer threw, as Node would say it. What is not about the network stays as it is. */
export function asSystemError(thrown: unknown, at: Omit<Failing, 'code'>, otherwise: string): Error {
  if (isSaid(thrown)) return thrown;
  const code = codeOf(thrown);
  if (code !== undefined) return Object.assign(systemError({ ...at, code }), { cause: thrown });
  if (thrown instanceof HeddleError || isAbort(thrown)) return thrown as Error;
  return Object.assign(systemError({ ...at, code: otherwise }), { cause: thrown });
}

/** A name that nobody knows, as dns.lookup says it. */
export function notFound(hostname: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  return Object.assign(error, { errno: NOT_FOUND, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });
}

/** A mistake in a call, with the code that Node gives it. */
export function misuse(code: string, message: string, Kind: ErrorConstructor = Error): NodeJS.ErrnoException {
  const error = new Kind(message) as NodeJS.ErrnoException;
  error.code = code;
  return error;
}

/** Parts say why either as Node spells it, or as a flow does. */
function codeOf(thrown: unknown): string | undefined {
  const { code, reason } = (thrown ?? {}) as { readonly code?: unknown; readonly reason?: unknown };
  if (typeof code === 'string' && code in constants.errno) return code;
  for (const word of [thrown, code, reason]) if (typeof word === 'string' && Object.hasOwn(CODES, word)) return CODES[word as FlowError];
  return undefined;
}

/** A lookup says by itself what failed. */
function isSaid(thrown: unknown): thrown is Error {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).syscall === 'getaddrinfo';
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError');
}

function errnoOf(code: string): number {
  return -((constants.errno as Readonly<Record<string, number>>)[code] ?? 0);
}

function textOf(errno: number): string {
  return getSystemErrorMap().get(errno)?.[1] ?? 'unknown error';
}
