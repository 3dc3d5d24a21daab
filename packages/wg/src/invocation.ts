/** How much is written to stderr. */
export type LogLevel = 'silent' | 'error' | 'verbose';

/** What the command line and the environment ask for. */
export interface Invocation {
  readonly interfaceName: string;
  /** Stay in the caller's terminal instead of leaving a daemon behind. */
  readonly foreground: boolean;
  readonly logLevel: LogLevel;
  /** Descriptors that the caller has opened for us. */
  readonly tunFd?: number;
  readonly uapiFd?: number;
}

export type ReadInvocation = Invocation | { readonly show: 'version' | 'usage' } | { readonly wrong: string };

export type Environment = Readonly<Record<string, string | undefined>>;

export const USAGE = `usage: heddle-wg [-f|--foreground] INTERFACE-NAME
       heddle-wg --version

environment: WG_PROCESS_FOREGROUND=1, LOG_LEVEL=verbose|error|silent, WG_TUN_FD, WG_UAPI_FD`;

/** As wireguard-go reads them: options first, then one name. */
export function readInvocation(args: readonly string[], environment: Environment): ReadInvocation {
  const [first = '', ...rest] = args;
  if (first === '--version' || first === '-v') return { show: 'version' };
  if (first === '--help' || first === '-h') return { show: 'usage' };
  const flagged = first === '-f' || first === '--foreground';
  const names = flagged ? rest : args;
  const [interfaceName = ''] = names;
  if (names.length !== 1 || interfaceName.startsWith('-')) return { wrong: USAGE };
  if (!isName(interfaceName))
    return { wrong: `"${interfaceName}" cannot be the name of an interface: 1 to 15 characters, no "/" and no space` };
  return withEnvironment({ interfaceName, foreground: flagged }, environment);
}

function withEnvironment(base: Pick<Invocation, 'interfaceName' | 'foreground'>, environment: Environment): ReadInvocation {
  const tunFd = descriptor(environment.WG_TUN_FD);
  const uapiFd = descriptor(environment.WG_UAPI_FD);
  if (tunFd === 'wrong' || uapiFd === 'wrong') return { wrong: 'WG_TUN_FD and WG_UAPI_FD are numbers of open descriptors' };
  return {
    ...base,
    foreground: base.foreground || environment.WG_PROCESS_FOREGROUND === '1',
    logLevel: logLevel(environment.LOG_LEVEL),
    ...(tunFd !== undefined && { tunFd }),
    ...(uapiFd !== undefined && { uapiFd }),
  };
}

function logLevel(text: string | undefined): LogLevel {
  if (text === 'verbose' || text === 'debug') return 'verbose';
  return text === 'silent' ? 'silent' : 'error';
}

function descriptor(text: string | undefined): number | undefined | 'wrong' {
  if (text === undefined || text === '') return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : 'wrong';
}

/** What the kernel takes as a name, and a file name as well. */
function isName(text: string): boolean {
  return /^[^\s/]{1,15}$/.test(text) && text !== '.' && text !== '..';
}
