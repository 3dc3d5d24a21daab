// environment: a program: its arguments, signals, descriptors and exit code
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Logger } from '@heddle/core';
import { type Invocation, readInvocation, USAGE } from './invocation.js';
import { stderrLogger } from './stderr-logger.js';

/** Says to the process that follows that it is the daemon. */
const DAEMON = 'WG_HEDDLE_DAEMON';
/** Time for the daemon to be ready. */
const PATIENCE = 20_000;

/** Runs heddle-wg and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const asked = readInvocation(args, process.env);
  if ('wrong' in asked) return say(asked.wrong, 1);
  if ('show' in asked) {
    process.stdout.write(asked.show === 'version' ? `heddle-wg v${version()}\n` : `${USAGE}\n`);
    return 0;
  }
  if (process.env[DAEMON] === '1') return serve(asked, () => process.disconnect?.());
  return asked.foreground ? serve(asked, () => undefined) : leaveDaemon(args, asked);
}

/** Serves until the interface goes or a signal comes. A failure before it is ready is told to whoever waits. */
async function serve(asked: Invocation, ready: () => void): Promise<number> {
  process.umask(0o077);
  const logger = stderrLogger(asked.interfaceName, asked.logLevel, (line) => process.stderr.write(line));
  const { startInterface } = await import('./interface-process.js');
  try {
    const running = await startInterface(asked, logger);
    tellParent({ ready: true });
    ready();
    await Promise.race([running.ended, signal(logger)]);
    await running.close();
    return 0;
  } catch (error) {
    return fail(error);
  }
}

/** The first signal ends in order; whoever sends a second one does not want to wait. */
function signal(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const)
      process.on(name, () => {
        logger.debug({ signal: name }, 'ending');
        process.once(name, () => process.exit(1));
        resolve();
      });
    process.on('SIGHUP', () => undefined);
  });
}

function fail(error: unknown): number {
  const text = error instanceof Error ? error.message : String(error);
  if (process.send === undefined) return say(text, 1);
  tellParent({ failed: text });
  return 1;
}

function tellParent(message: object): void {
  process.send?.(message);
}

/** Starts this program again as a daemon and returns when it is ready, or has failed: then its reason is ours. */
function leaveDaemon(args: readonly string[], asked: Invocation): Promise<number> {
  const { logLevel, tunFd, uapiFd } = asked;
  // Only who asked for a log gets one: an inherited stderr would keep the caller's pipe open.
  const log = process.env.LOG_LEVEL !== undefined && logLevel !== 'silent' ? 'inherit' : 'ignore';
  const given = [tunFd, uapiFd].filter((fd) => fd !== undefined);
  const place = (fd: number | undefined): string | undefined => (fd === undefined ? undefined : String(4 + given.indexOf(fd)));
  const daemon = spawn(process.execPath, [String(process.argv[1]), ...args], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'ignore', log, 'ipc', ...given],
    env: { ...process.env, [DAEMON]: '1', WG_TUN_FD: place(tunFd), WG_UAPI_FD: place(uapiFd) },
  });
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      daemon.kill();
      resolve(say('the daemon is not ready after 20 s', 1));
    }, PATIENCE);
    const done = (code: number): void => {
      clearTimeout(late);
      daemon.removeAllListeners();
      if (daemon.connected) daemon.disconnect();
      daemon.unref();
      resolve(code);
    };
    daemon.on('message', (message: { failed?: string }) => done(message.failed === undefined ? 0 : say(message.failed, 1)));
    daemon.on('error', (error) => done(say(error.message, 1)));
    daemon.on('exit', (code) => done(say(`the daemon ended before it was ready (exit code ${code})`, 1)));
  });
}

/** That of the package, which lies beside src and dist alike. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}

function say(text: string, code: number): number {
  process.stderr.write(`heddle-wg: ${text}\n`);
  return code;
}
