// environment: a program: its signals and its output

/** Resolves when somebody asks the program to end. */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
}

/** A line for whoever reads; the exit code of a program that has no more to say. */
export function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** What is wrong, under the program's name; the exit code of a program that gives up. */
export function complain(program: string, text: string): number {
  process.stderr.write(`${program}: ${text}\n`);
  return 1;
}
