import { readFile, writeFile } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';
import { fileStore } from '@heddle/core/node';
import type { DevnetOptions } from '../options.js';
import type { Policy } from '../registry/policy.js';
import { type Invocation, readInvocation, USAGE } from './invocation.js';
import { type Devnet, startDevnet } from './start-devnet.js';
import { askedToEnd, complain, say } from './terminal.js';

const PROGRAM = 'heddle-devnet';

/** Runs heddle-devnet until a signal ends it, and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const asked = readInvocation(args);
  if ('wrong' in asked) return complain(PROGRAM, `${asked.wrong}\n${USAGE}`);
  if ('help' in asked) return say(USAGE);
  try {
    const ended = askedToEnd();
    const devnet = await startDevnet(await optionsOf(asked));
    say(report(devnet, await keyFor(devnet, asked)));
    await ended;
    await devnet.close();
    return 0;
  } catch (error) {
    return complain(PROGRAM, error instanceof Error ? error.message : String(error));
  }
}

async function optionsOf({ servers, statePath, policyPath, authKeyPath }: Invocation): Promise<DevnetOptions> {
  const key = authKeyPath === undefined ? undefined : await textIn(authKeyPath);
  return {
    ...servers,
    ...(statePath !== undefined && { state: fileStore(statePath) }),
    ...(policyPath !== undefined && { policy: await policyIn(policyPath) }),
    ...(key && { authKeys: [{ key }] }),
  };
}

/** A file that does not exist yet gets a new key. */
async function keyFor(devnet: Devnet, { authKeyPath }: Invocation): Promise<string> {
  if (authKeyPath === undefined) return devnet.authKey();
  if ((await textIn(authKeyPath)) === undefined) await writeFile(authKeyPath, await devnet.authKey(), { mode: 0o600, flag: 'wx' });
  return `in ${authKeyPath}`;
}

async function textIn(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function policyIn(path: string): Promise<Policy> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HeddleError('HEDDLE_DEVNET_POLICY', `the policy in ${path} is no JSON`, { cause });
  }
}

function report({ url, relays }: Devnet, key: string): string {
  const relay = [...relays.regions.values()][0]?.nodes[0];
  const lines = [
    'heddle-devnet: a tailnet for tests and one machine',
    `  control   ${url}`,
    `  relay     ${relay?.hostName} port ${relay?.derpPort}, STUN port ${relay?.stunPort}`,
    `  auth key  ${key}`,
    '  serving',
  ];
  return lines.join('\n');
}
