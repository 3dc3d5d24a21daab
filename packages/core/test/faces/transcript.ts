import dgram from 'node:dgram';
import type { EventEmitter } from 'node:events';
import net from 'node:net';
import { site } from './sim-flows.js';

/** Either Node's own sockets or ours, under the names and types of Node's. */
export interface Sockets {
  connect(options: net.NetConnectOpts & { signal?: AbortSignal; autoSelectFamily?: boolean }): net.Socket;
  socket(options?: net.SocketConstructorOpts): net.Socket;
  server(options?: net.ServerOpts, connection?: (socket: net.Socket) => void): net.Server;
  datagrams(options?: { type: 'udp4'; signal?: AbortSignal }): dgram.Socket;
}

export const nodeSockets: Sockets = {
  connect: (options) => net.connect(options),
  socket: (options) => new net.Socket(options),
  server: (options = {}, connection) => net.createServer(options, connection),
  datagrams: (options = { type: 'udp4' }) => dgram.createSocket(options),
};

/** Ours pass for Node's: the types are laid over them here, and the scripts find out whether that is true. */
export function ourSockets(): Sockets {
  const { faces } = site();
  return {
    connect: (options) => faces.connect(options as never) as unknown as net.Socket,
    socket: (options) => faces.socket(options as never) as unknown as net.Socket,
    server: (options, connection) => faces.server(options as never, connection as never) as unknown as net.Server,
    datagrams: (options) => faces.datagramSocket(options) as unknown as dgram.Socket,
  };
}

/** What happened to each object, in order. Which of two objects is told first is the kernel's affair and not compared. */
export class Transcript {
  readonly #lines = new Map<string, string[]>();
  readonly #ports = new Map<number, string>();

  /** A port that differs from run to run gets a name. */
  port(number: number, name: string): number {
    this.#ports.set(number, name);
    return number;
  }

  say(who: string, ...what: readonly unknown[]): void {
    const lines = this.#lines.get(who) ?? [];
    this.#lines.set(who, lines);
    lines.push(what.map((value) => this.#text(value)).join(' '));
  }

  /** Writes down these events of an object as they come. */
  watch<T extends EventEmitter>(who: string, emitter: T, events: readonly string[]): T {
    for (const event of events)
      emitter.on(event, (...values) => (event === 'data' ? this.#data(who, values[0]) : this.say(who, event, ...values.map(shown))));
    return emitter;
  }

  /** The code that a call throws. */
  throws(who: string, what: string, call: () => unknown): void {
    try {
      this.say(who, what, shown(call()));
    } catch (error) {
      this.say(who, what, (error as Error).constructor.name, (error as NodeJS.ErrnoException).code);
    }
  }

  get lines(): Record<string, string[]> {
    return Object.fromEntries([...this.#lines].sort(([a], [b]) => a.localeCompare(b)));
  }

  /** A stream has no borders between writes: what follows on each other is one line. */
  #data(who: string, bytes: unknown): void {
    const lines = this.#lines.get(who);
    if (lines?.at(-1)?.startsWith('data ') === true) lines.push(`${lines.pop()}${shown(bytes)}`);
    else this.say(who, 'data', shown(bytes));
  }

  #text(value: unknown): string {
    const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 0);
    return [...this.#ports].reduce((known, [port, name]) => known.replaceAll(String(port), name), text ?? String(value));
  }
}

/** Errors with all their fields, bytes as their text, sockets by name only. */
function shown(value: unknown): unknown {
  if (value instanceof Error) return sorted({ ...value, cause: undefined, name: value.name, message: value.message });
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'object' && value !== null && 'write' in value) return 'a socket';
  return value;
}

function sorted(fields: object): object {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => a.localeCompare(b)));
}

export type Script = (sockets: Sockets, transcript: Transcript) => Promise<void>;

/** Runs a script and returns what it left. */
export async function played(script: Script, sockets: Sockets): Promise<Record<string, string[]>> {
  const transcript = new Transcript();
  await script(sockets, transcript);
  return transcript.lines;
}
