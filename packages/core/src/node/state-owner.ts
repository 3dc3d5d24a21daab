import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { HeddleError } from '../errors/heddle-error.js';

/**
 * A name that listens while its owner lives: the kernel closes it with the process, so nothing goes stale over a crash or a suspend.
 * Names are numbered, and the highest one is the owner's, dead or alive. Only the next number can be claimed, in one step; no name that
 * might be alive is ever taken away, so two processes that find the same dead owner cannot both succeed it.
 */
const OWNER = /^owner-(\d+)\.sock$/;
/** Longest path of a Unix socket that every kernel takes. */
const LONGEST_PATH = 100;
const ATTEMPTS = 5;

export interface StateOwnership {
  release(): Promise<void>;
}

/** Becomes the one owner of a state directory, or rejects with HEDDLE_STATE_BUSY. */
export async function ownState(directory: string): Promise<StateOwnership> {
  const short = await shortPath(directory);
  try {
    const mine = `claim-${randomBytes(6).toString('hex')}.sock`;
    const server = await listen(join(short.path, mine));
    try {
      await claim(short.path, mine, directory);
    } catch (fault) {
      await close(server);
      throw fault;
    } finally {
      await unlink(join(directory, mine)).catch(() => {});
    }
    return { release: () => giveUp(server, short.release) };
  } catch (fault) {
    await short.release();
    throw fault;
  }
}

async function claim(path: string, mine: string, directory: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const highest = Math.max(0, ...(await owners(path)));
    if (highest > 0 && (await answers(join(path, nameOf(highest))))) break;
    if (!(await linked(join(path, mine), join(path, nameOf(highest + 1))))) continue;
    if (await confirmed(path, highest + 1)) return;
  }
  throw new HeddleError('HEDDLE_STATE_BUSY', `another process owns the state in ${directory}: stop it, or use another state directory`);
}

/** A claim that slept while others came and went finds a higher name, and gives way. */
async function confirmed(path: string, claimed: number): Promise<boolean> {
  const names = await owners(path);
  const superseded = names.some((name) => name > claimed);
  const obsolete = superseded ? [claimed] : names.filter((name) => name < claimed);
  for (const name of obsolete) await unlink(join(path, nameOf(name))).catch(() => {});
  return !superseded;
}

async function owners(path: string): Promise<number[]> {
  const names = await readdir(path);
  return names.map((name) => Number(OWNER.exec(name)?.[1] ?? 0)).filter((n) => n > 0);
}

function nameOf(n: number): string {
  return `owner-${n}.sock`;
}

/** The name stays, dead: see above. */
async function giveUp(server: Server, release: () => Promise<void>): Promise<void> {
  await close(server);
  await release();
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => resolve(server.unref()));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fault;
  }
}

/** A deep directory is reached through its descriptor, where the platform has /proc. */
async function shortPath(directory: string): Promise<{ path: string; release(): Promise<void> }> {
  if (join(directory, 'claim-000000000000.sock').length <= LONGEST_PATH) return { path: directory, release: async () => {} };
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${handle.fd}`, release: () => handle.close() };
}
