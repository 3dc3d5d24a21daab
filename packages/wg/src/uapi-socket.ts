import { type FSWatcher, watch } from 'node:fs';
import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { HeddleError } from '@heddle/core';

/** Where `wg` looks for interfaces of programs like this one. */
export const UAPI_FOLDER = '/var/run/wireguard';

/** Connections at once; `wg` makes one a command. */
const MOST_CONNECTIONS = 64;

export interface UapiSocketOptions {
  readonly path: string;
  /** A listening socket that the caller opened; then `path` is only watched. */
  readonly fd?: number;
  readonly connected: (connection: Socket) => void;
  /** Somebody deleted the file, which asks the program to end. */
  readonly deleted: () => void;
}

/** The socket of one interface. The file is there, and only for its owner, when open has resolved. */
export class UapiSocket {
  readonly #server: Server;
  readonly #path: string;
  readonly #connections = new Set<Socket>();
  #watch: FSWatcher | undefined;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  static async open({ path, fd, connected, deleted }: UapiSocketOptions): Promise<UapiSocket> {
    const server = createServer({ allowHalfOpen: true });
    const socket = new UapiSocket(server, path);
    server.maxConnections = MOST_CONNECTIONS;
    server.on('connection', (connection) => socket.#take(connection, connected));
    if (fd === undefined) await listenAt(server, path);
    else await listening(server, { fd });
    socket.#watchFile(deleted);
    return socket;
  }

  /** Ends connections; the file goes with the server. */
  async close(): Promise<void> {
    this.#watch?.close();
    for (const connection of this.#connections) connection.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await unlink(this.#path).catch(() => undefined);
  }

  #take(connection: Socket, connected: (connection: Socket) => void): void {
    this.#connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => this.#connections.delete(connection));
    connected(connection);
  }

  #watchFile(deleted: () => void): void {
    const file = basename(this.#path);
    try {
      this.#watch = watch(dirname(this.#path), (_, name) => {
        if (name === file) void lstat(this.#path).catch(() => deleted());
      });
    } catch {
      // Without inotify a deleted file is not noticed; the interface works all the same.
    }
  }
}

async function listenAt(server: Server, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((cause) => refuse(path, cause));
  await makeRoom(path);
  await listening(server, { path });
  await chmod(path, 0o600);
}

/** The file of a program that is no more is deleted; that of a living one, and anything that is not a socket, is left alone. */
async function makeRoom(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket()) refuse(path, 'something else than a socket is there');
  if (await answers(path)) refuse(path, 'another program serves this interface');
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function listening(server: Server, at: { readonly path: string } | { readonly fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => reject(socketError('path' in at ? at.path : `descriptor ${at.fd}`, cause));
    server.once('error', failed);
    server.listen({ ...at, backlog: MOST_CONNECTIONS }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function refuse(path: string, cause: unknown): never {
  throw socketError(path, cause);
}

function socketError(place: string, cause: unknown): HeddleError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HeddleError('HEDDLE_WG_SOCKET', `cannot listen on ${place}: ${why}`);
}
