import { spawn } from 'node:child_process';

/** How long a program may take; one with 10,000 routes takes half a second. */
const DEADLINE = 20_000;
const LONGEST_ANSWER = 64 * 1024;

export interface Outcome {
  /** undefined: the program is not there. */
  readonly code: number | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end, without a shell. Rejects only when it cannot be started for another reason than that it is not there. */
export type RunCommand = (argv: readonly string[], input?: string) => Promise<Outcome>;

export const runCommand: RunCommand = (argv, input = '') => {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: DEADLINE, killSignal: 'SIGKILL', stdio: 'pipe' });
    const output = collect(child.stdout);
    const errors = collect(child.stderr);
    child.once('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') resolve({ code: undefined, output: '', errors: `${program} is not installed` });
      else reject(fault);
    });
    child.once('close', (code) => resolve({ code: code ?? -1, output: output(), errors: errors() }));
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
  });
};

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => {
    if (text.length < LONGEST_ANSWER) text += part;
  });
  return () => text.trim();
}

/** What ip(8) refused, and how many of the lines before it are done. */
export interface Refusal {
  readonly done: number;
  readonly text: string;
  /** Something of that kind is there already. */
  readonly exists: boolean;
}

/** Lines of `ip -batch`, up to the first that is refused. With `force` all are tried, and what is refused is not minded. */
export async function runIp(
  run: RunCommand,
  family: 4 | 6,
  lines: readonly (readonly string[])[],
  force: boolean,
): Promise<Refusal | undefined> {
  if (lines.length === 0) return undefined;
  const argv = ['ip', `-${family}`, ...(force ? ['-force'] : []), '-batch', '-'];
  const { code, errors } = await run(argv, lines.map((line) => `${line.join(' ')}\n`).join(''));
  if (code === 0 || (force && code !== undefined)) return undefined;
  const done = Number(/Command failed -:(\d+)/.exec(errors)?.[1] ?? 1) - 1;
  const says = errors.split('\n', 1)[0] || `it ended with ${code}`;
  return { done, text: `"ip -${family} ${(lines[done] ?? []).join(' ')}" failed: ${says}`, exists: says.includes('File exists') };
}

/** Priorities of the rules that are there. */
export async function rulePriorities(run: RunCommand): Promise<ReadonlySet<number>> {
  const shown = await Promise.all([4, 6].map((family) => run(['ip', `-${family}`, 'rule', 'show'])));
  return new Set(shown.flatMap(({ output }) => [...output.matchAll(/^(\d+):/gm)].map(([, priority]) => Number(priority))));
}
