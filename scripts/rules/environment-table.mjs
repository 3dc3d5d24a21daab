/** What a package gets as an argument instead of taking it from the environment. */
export const GLOBALS = new Map([
  ['Date', 'time is a Clock that is handed in'],
  ['performance', 'time is a Clock that is handed in'],
  ['setTimeout', 'timers are Clock.at'],
  ['setInterval', 'timers are Clock.at'],
  ['setImmediate', 'timers are Clock.at'],
  ['clearTimeout', 'timers are Clock.at'],
  ['clearInterval', 'timers are Clock.at'],
  ['clearImmediate', 'timers are Clock.at'],
  ['queueMicrotask', 'what runs when is the dispatcher’s business'],
  ['crypto', 'randomness is a Random that is handed in'],
  ['process', 'the environment is read by the program, not by a package'],
  ['console', 'a Logger is handed in, and it is silent by default'],
]);

/** Members of a global that is otherwise fine. */
export const MEMBERS = new Map([
  ['Math.random', 'randomness is a Random that is handed in'],
  ['AbortSignal.timeout', 'timers are Clock.at'],
]);

/**
 * The rooms where the environment is touched, each with the reason.
 * The file says so too: its first line is `// environment: <reason>`.
 * @type {Map<string, string>}
 */
export const ROOMS = new Map([
  ['packages/core/src/environment.ts', 'the defaults of clock and randomness for a node that is handed none'],
  ['packages/devnet/src/rfc3339.ts', 'writes and reads dates, and no clock'],
  ['packages/devnet/src/node/environment.ts', 'the defaults of clock and randomness for a devnet that is handed none'],
  ['packages/devnet/src/node/terminal.ts', 'a program: its signals and its output'],
  ['packages/native-linux/src/watch.ts', 'brings a poll that native code reports back into a turn of Node'],
  ['packages/transport-derp/src/node/certificate.ts', 'reads the dates of a certificate, and no clock'],
  ['packages/wg/src/program.ts', 'a program: its arguments, signals, descriptors and exit code'],
  ['packages/crypto/src/node-crypto.ts', 'asks whether node:crypto is there without importing it'],
]);
